Feature: Working days
  The warehouse works from Monday to Friday.

  Scenario Outline: Working days are added to a day
    When I ask for the day <count> working days after <day>
    Then the answer is <result>

    Examples: from a working day
      | day        | count | result     |
      | 2026-03-02 | 0     | 2026-03-02 |
      | 2026-03-02 | 1     | 2026-03-03 |
      | 2026-03-02 | 4     | 2026-03-06 |
      | 2026-03-02 | 5     | 2026-03-09 |
      | 2026-03-06 | 1     | 2026-03-09 |

    Examples: from a weekend
      | day        | count | result     |
      | 2026-03-07 | 0     | 2026-03-09 |
      | 2026-03-08 | 0     | 2026-03-09 |
      | 2026-03-07 | 1     | 2026-03-10 |

  Scenario Outline: A period contains its ends, which may be open
    When I ask whether <day> lies between <first> and <last>
    Then the answer is <result>

    Examples:
      | day        | first      | last       | result |
      | 2026-03-02 | 2026-03-02 | 2026-03-02 | yes    |
      | 2026-03-02 | 2026-03-03 | 2026-03-09 | no     |
      | 2026-03-10 | 2026-03-03 | 2026-03-09 | no     |
      | 2026-03-02 | ever       | 2026-03-02 | yes    |
      | 2026-03-03 | ever       | 2026-03-02 | no     |
      | 2026-03-02 | 2026-03-02 | ever       | yes    |
      | 2026-03-01 | 2026-03-02 | ever       | no     |
      | 2026-03-02 | ever       | ever       | yes    |
