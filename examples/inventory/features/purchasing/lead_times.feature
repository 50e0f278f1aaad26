Feature: Lead times are promised, and kept or not

  Scenario Outline: Goods come after so many working days
    Given the supplier ACME in EUR, who delivers in <days> days
    When I ask when goods of ACME are here that are ordered on <ordered>
    Then the answer is <expected>

    Examples:
      | days | ordered    | expected   |
      | 3    | 2026-03-02 | 2026-03-05 |
      | 3    | 2026-03-05 | 2026-03-10 |
      | 0    | 2026-03-07 | 2026-03-09 |

  Scenario Outline: Orders have to leave in time
    Given the supplier ACME in EUR, who delivers in <days> days
    When I ask when to order of ACME what is needed on <needed>
    Then the answer is <latest>

    Examples:
      | days | needed     | latest     |
      | 3    | 2026-03-05 | 2026-03-02 |
      | 3    | 2026-03-08 | 2026-03-03 |
      | 5    | 2026-03-09 | 2026-03-02 |
      | 0    | 2026-03-08 | 2026-03-06 |

  Scenario: Who never delivered needs as long as he says
    Given the supplier ACME in EUR, who delivers in 3 days
    When I ask how many days ACME needs
    Then the answer is 3
    When we learn from what ACME did
    Then the answer is no

  Scenario: Three deliveries teach how long it takes
    Given the supplier ACME in EUR, who delivers in 3 days
    And ACME offers HAM-001 at 8.00
    And HAM-001 x 1 are bought from ACME
    And 7 days have passed
    And HAM-001 x 1 arrive in RECV
    And HAM-001 x 1 are bought from ACME
    And 7 days have passed
    And HAM-001 x 1 arrive in RECV
    When I ask how many days ACME needs
    Then the answer is 5
    When we learn from what ACME did
    Then the answer is no
    Given HAM-001 x 1 are bought from ACME
    And 2 days have passed
    And HAM-001 x 1 arrive in RECV
    When we learn from what ACME did
    Then the answer is yes
    And the supplier ACME has
      | lead time days |
      | 4              |
    When we learn from what ACME did
    Then the answer is no
