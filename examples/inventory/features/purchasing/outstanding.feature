Feature: The buyer knows what is to come

  Background:
    Given the supplier ACME in EUR, who delivers in 3 days
    And the supplier BOLT in USD, who delivers in 1 days
    And ACME offers HAM-001 at 8.00
    And BOLT offers HAM-001 at 10.00
    And BOLT offers SAW-001 at 20.00

  Scenario: What is expected first comes first, and what has come is left out
    Given HAM-001 x 10 are bought from ACME
    And HAM-001 x 5, SAW-001 x 2 are bought from BOLT
    And HAM-001 x 5 arrive in RECV
    When I ask what is on the way to MAIN
    Then the answer is PO-000002 SAW-001 2, PO-000001 HAM-001 10
    When I ask what is on the way to NORD
    Then the answer is nothing

  Scenario Outline: Pieces are added up until a day
    Given HAM-001 x 10 are bought from ACME
    And HAM-001 x 5, SAW-001 x 2 are bought from BOLT
    When I ask what arrives in MAIN until <day>
    Then the answer is <pieces>

    Examples:
      | day        | pieces                |
      | 2026-03-02 | nothing               |
      | 2026-03-03 | HAM-001 5, SAW-001 2  |
      | 2026-03-05 | HAM-001 15, SAW-001 2 |

  Scenario: Drafts are not on the way
    Given HAM-001 x 10 are drafted for ACME
    When I ask what is on the way to MAIN
    Then the answer is nothing

  Scenario: Late purchases want something done
    Given HAM-001 x 10 are bought from ACME
    And SAW-001 x 2 are bought from BOLT
    And it is 2026-03-06
    When I ask which purchases for MAIN are late
    Then the answer is PO-000002 BOLT 3 send a reminder, PO-000001 ACME 1 send a reminder
    Given it is 2026-03-11
    When I ask which purchases for MAIN are late
    Then the answer is PO-000002 BOLT 6 call the supplier, PO-000001 ACME 4 send a reminder

  Scenario: On the day itself nothing is late
    Given HAM-001 x 10 are bought from ACME
    And it is 2026-03-05
    When I ask which purchases for MAIN are late
    Then the answer is nothing

  Scenario: What is missing will have to be paid, in euros
    Given HAM-001 x 10 are bought from ACME
    And HAM-001 x 5, SAW-001 x 2 are bought from BOLT
    And HAM-001 x 5 arrive in RECV
    When I ask what will have to be paid for MAIN
    Then the answer is 11680
