Feature: Amounts are converted at the rates of the day

  Scenario Outline: Every conversion goes by way of the euro, and is rounded once
    When <amount> <source> are converted to <target>
    Then the answer is <result> <target>

    Examples:
      | amount | source | target | result |
      | 14.90  | EUR    | EUR    | 14.90  |
      | 14.90  | EUR    | USD    | 16.20  |
      | 100.00 | USD    | EUR    | 92.00  |
      | 100.00 | USD    | CHF    | 87.62  |
      | 100.00 | GBP    | USD    | 127.17 |
      | 14.90  | JPY    | JPY    | 14.90  |

  Scenario Outline: The newest rate that is not of the future counts
    Given USD is worth 950000 millionths of a euro from 2026-03-02 on
    And USD is worth 940000 millionths of a euro from 2026-03-02 on
    When I ask what one <currency> is worth on <day>
    Then the answer is <micros>

    Examples:
      | currency | day        | micros  |
      | USD      | 2024-01-01 | 920000  |
      | USD      | 2026-03-01 | 920000  |
      | USD      | 2026-03-02 | 940000  |
      | EUR      | 1999-01-01 | 1000000 |

  Scenario: A second rate for a day replaces the first
    Given USD is worth 950000 millionths of a euro from 2026-03-02 on
    When USD is worth 940000 millionths of a euro from 2026-03-02 on
    Then there are 4 rows in exchange_rate

  Scenario Outline: Without a rate, nothing is converted
    Given it is <day>
    When <amount> <source> are converted to <target>
    Then it is refused: <message>

    Examples:
      | day        | amount | source | target | message                               |
      | 2023-12-31 | 1.00   | USD    | EUR    | no exchange rate of USD on 2023-12-31 |
      | 2026-03-02 | 1.00   | EUR    | JPY    | no exchange rate of JPY on 2026-03-02 |

  Scenario: A currency has three letters
    When US is worth 950000 millionths of a euro from 2026-03-02 on
    Then it is refused: currency must have 3 letters, not 'US'

  Scenario: A currency is worth something
    When USD is worth 0 millionths of a euro from 2026-03-02 on
    Then it is refused: rate must be positive, not 0
