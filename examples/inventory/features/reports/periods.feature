Feature: Reports are about periods

  Scenario Outline: Years, quarters and months have days
    When the period "<words>" is read
    Then the answer is <name> <first> <last> <days>

    Examples:
      | words   | name    | first      | last       | days |
      | 2026    | 2026    | 2026-01-01 | 2026-12-31 | 365  |
      | 2024    | 2024    | 2024-01-01 | 2024-12-31 | 366  |
      | 2026-Q1 | 2026-Q1 | 2026-01-01 | 2026-03-31 | 90   |
      | 2026-q4 | 2026-Q4 | 2026-10-01 | 2026-12-31 | 92   |
      | 2026-02 | 2026-02 | 2026-02-01 | 2026-02-28 | 28   |
      | 2026-12 | 2026-12 | 2026-12-01 | 2026-12-31 | 31   |

  Scenario Outline: Other words are no periods
    When the period "<words>" is read
    Then it is refused: period must look like 2026, 2026-Q1 or 2026-03, not '<words>'

    Examples:
      | words      |
      | 26         |
      | 2026-Q5    |
      | 2026-13    |
      | 2026-03-02 |
      | March      |

  Scenario Outline: Each period has one before it
    When I ask for the period before "<words>"
    Then the answer is <before>

    Examples:
      | words   | before  |
      | 2026    | 2025    |
      | 2026-Q1 | 2025-Q4 |
      | 2026-Q3 | 2026-Q2 |
      | 2026-01 | 2025-12 |
      | 2026-03 | 2026-02 |

  Scenario Outline: Long periods have months, months have days
    When I ask for the parts of "<words>"
    Then the answer is <count> <first> <last>

    Examples:
      | words   | count | first      | last       |
      | 2026    | 12    | 2026-01    | 2026-12    |
      | 2026-Q2 | 3     | 2026-04    | 2026-06    |
      | 2026-02 | 28    | 2026-02-01 | 2026-02-28 |

  Scenario: A day is a period, too
    When I ask for the day 2026-03-01 as a period, and for the one before
    Then the answer is 2026-03-01 2026-03-01 2026-03-01 1, 2026-02-28 2026-02-28 2026-02-28 1
