Feature: A few products make most of the turnover

  Scenario Outline: A product belongs to the class in which its share begins
    When values of <values> are classified
    Then the answer is <classes>

    Examples:
      | values                                  | classes                         |
      | HAM-001 x 80, SAW-001 x 15, CAB-001 x 5 | HAM-001 A, SAW-001 B, CAB-001 C |
      | CAB-001 x 5, SAW-001 x 15, HAM-001 x 80 | HAM-001 A, SAW-001 B, CAB-001 C |
      | HAM-001 x 79, SAW-001 x 16, CAB-001 x 5 | HAM-001 A, SAW-001 A, CAB-001 C |
      | HAM-001 x 1                             | HAM-001 A                       |
      | SAW-001 x 50, HAM-001 x 50              | HAM-001 A, SAW-001 A            |

  Scenario: Other limits make other classes
    When values of HAM-001 x 50, SAW-001 x 30, CAB-001 x 20 are classified with the limits 40 and 60
    Then the answer is HAM-001 A, SAW-001 B, CAB-001 C

  Scenario Outline: The limits rise
    When values of HAM-001 x 1 are classified with the limits <a> and <b>
    Then it is refused: limits must rise from 0 to 100, not <a>, <b>

    Examples:
      | a  | b   |
      | 0  | 50  |
      | 50 | 50  |
      | 60 | 50  |
      | 50 | 100 |

  Scenario: The turnover of a period counts, without what was cancelled
    Given the customer ada@example.com
    And it is 2026-03-02
    And ada@example.com orders HAM-001 x 20, CAB-001 x 1
    And it is 2026-03-05
    And ada@example.com orders SAW-001 x 1
    And it is 2026-03-06
    And ada@example.com orders PHO-001 x 1
    And the order is cancelled now
    When I ask for the turnover from 2026-03-02 to before 2026-03-05
    Then the answer is HAM-001 29800, CAB-001 89
    When I ask for the turnover from 2026-03-03 to before 2026-03-31
    Then the answer is SAW-001 2450
    When the products are classified by their turnover from 2026-03-01 to before 2026-03-31
    Then the answer is A 1, B 1, C 4
    And the product HAM-001 has
      | abc class |
      | A         |
    And the product SAW-001 has
      | abc class |
      | B         |
    And the product PHO-001 has
      | abc class |
      | C         |
