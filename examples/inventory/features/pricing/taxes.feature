Feature: The country to which goods go takes its tax

  Scenario Outline: The newest rate that is not of the future counts
    Given DE takes 1600 basis points of standard tax from 2020-07-01 on
    And DE takes 1900 basis points of standard tax from 2021-01-01 on
    When I ask for the <kind> tax rate of <country> on <day>
    Then the answer is <points>

    Examples:
      | kind     | country | day        | points |
      | standard | DE      | 2020-01-01 | 1900   |
      | standard | DE      | 2020-06-30 | 1900   |
      | standard | DE      | 2020-07-01 | 1600   |
      | standard | DE      | 2020-12-31 | 1600   |
      | standard | DE      | 2021-01-01 | 1900   |
      | reduced  | DE      | 2020-12-31 | 700    |
      | reduced  | FR      | 2026-03-02 | 550    |

  Scenario Outline: Nothing can be sold where no rate is known
    When I ask for the <kind> tax rate of <country> on <day>
    Then it is refused: no <kind> tax rate of <country> on <day>

    Examples:
      | kind     | country | day        |
      | standard | DE      | 2019-12-31 |
      | standard | CH      | 2026-03-02 |
      | luxury   | DE      | 2026-03-02 |

  Scenario Outline: A tax is rounded to cents
    When I ask for the tax on <net> at <points> basis points
    Then the answer is <cents>

    Examples:
      | net   | points | cents |
      | 14.90 | 1900   | 283   |
      | 14.90 | 550    | 82    |
      | 0.50  | 1900   | 10    |
      | 0.00  | 1900   | 0     |

  Scenario Outline: Businesses of other countries pay at home
    When I ask whether <vat id> pays at home for goods that go to <country>
    Then the answer is <result>

    Examples:
      | vat id    | country | result |
      | ATU123456 | AT      | yes    |
      | FR1234567 | FR      | yes    |
      | ATU123456 | FR      | no     |
      | DE1234567 | DE      | no     |
      | nobody    | AT      | no     |
