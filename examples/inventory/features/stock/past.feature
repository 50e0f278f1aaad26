Feature: The movements tell the past

  Background:
    Given it is 2026-03-02
    And 10 HAM-001 are received in A-01 at 9.00
    And it is 2026-03-04
    And 3 HAM-001 are issued from MAIN
    And -1 HAM-001 are corrected in A-01 because of "lost"
    And it is 2026-03-06
    And 5 HAM-001 are carried from A-01 to P-01
    And 2 HAM-001 are issued from MAIN

  Scenario Outline: What was there on a day, movements of that very moment included
    Then on <day>, <count> HAM-001 were on hand in MAIN

    Examples:
      | day        | count |
      | 2026-03-01 | 0     |
      | 2026-03-02 | 10    |
      | 2026-03-03 | 10    |
      | 2026-03-04 | 6     |
      | 2026-03-06 | 4     |

  Scenario Outline: What came and went in a period
    When I ask what came and went of HAM-001 from <first> to before <end>
    Then the answer is <totals>

    Examples:
      | first      | end        | totals                                            |
      | 2026-03-02 | 2026-03-07 | adjustment -1, issue -5, receipt 10, relocation 0 |
      | 2026-03-03 | 2026-03-06 | adjustment -1, issue -3                           |
      | 2026-03-07 | 2026-03-08 | nothing                                           |

  Scenario Outline: What customers got in a period
    When I ask how many HAM-001 customers got from <first> to before <end>
    Then the answer is <count>

    Examples:
      | first      | end        | count |
      | 2026-03-02 | 2026-03-07 | 5     |
      | 2026-03-02 | 2026-03-06 | 3     |
      | 2026-03-07 | 2026-03-08 | 0     |

  Scenario: Books that were tampered with disagree
    When somebody writes 99 HAM-001 over the level in P-01
    Then the books disagree about HAM-001 P-01 99 3

  Scenario: A level without any movement is a lie, too
    When somebody writes 5 SAW-001 over the level in P-01
    Then the books disagree about SAW-001 P-01 5 0

  Scenario: Books that only services write agree
    Then the books agree
