Feature: The movements explain the stock

  Background:
    Given the example shop

  Scenario Outline: An earlier stock is known
    Given today is <received>
    And <quantity> pieces of SAW-001 arrive in NORD
    And today is <transferred>
    And 8 pieces of SAW-001 are transferred from NORD to MAIN
    Then NORD had <total> pieces of SAW-001 at the end of <day>
    And NORD had 0 pieces of SAW-001 at the end of 2026-03-01

    Examples:
      | received   | quantity | transferred | day        | total |
      | 2026-04-01 | 5        | 2026-04-02  | 2026-04-01 | 45    |
      | 2026-04-01 | 5        | 2026-04-02  | 2026-04-02 | 37    |
      | 2026-04-01 | 5        | 2026-04-02  | 2026-04-29 | 37    |
      | 2026-04-01 | 30       | 2026-04-02  | 2026-04-01 | 70    |
      | 2026-04-01 | 30       | 2026-04-02  | 2026-04-02 | 62    |
      | 2026-04-01 | 30       | 2026-04-02  | 2026-04-29 | 62    |
      | 2026-04-01 | 5        | 2026-04-10  | 2026-04-01 | 45    |
      | 2026-04-01 | 5        | 2026-04-10  | 2026-04-02 | 45    |
      | 2026-04-01 | 5        | 2026-04-10  | 2026-04-10 | 37    |
      | 2026-04-01 | 5        | 2026-04-10  | 2026-04-29 | 37    |
      | 2026-04-01 | 30       | 2026-04-10  | 2026-04-01 | 70    |
      | 2026-04-01 | 30       | 2026-04-10  | 2026-04-02 | 70    |
      | 2026-04-01 | 30       | 2026-04-10  | 2026-04-10 | 62    |
      | 2026-04-01 | 30       | 2026-04-10  | 2026-04-29 | 62    |
      | 2026-04-03 | 5        | 2026-04-07  | 2026-04-03 | 45    |
      | 2026-04-03 | 5        | 2026-04-07  | 2026-04-04 | 45    |
      | 2026-04-03 | 5        | 2026-04-07  | 2026-04-07 | 37    |
      | 2026-04-03 | 5        | 2026-04-07  | 2026-04-29 | 37    |
      | 2026-04-03 | 30       | 2026-04-07  | 2026-04-03 | 70    |
      | 2026-04-03 | 30       | 2026-04-07  | 2026-04-04 | 70    |
      | 2026-04-03 | 30       | 2026-04-07  | 2026-04-07 | 62    |
      | 2026-04-03 | 30       | 2026-04-07  | 2026-04-29 | 62    |
      | 2026-04-05 | 5        | 2026-04-28  | 2026-04-05 | 45    |
      | 2026-04-05 | 5        | 2026-04-28  | 2026-04-06 | 45    |
      | 2026-04-05 | 5        | 2026-04-28  | 2026-04-28 | 37    |
      | 2026-04-05 | 5        | 2026-04-28  | 2026-04-29 | 37    |
      | 2026-04-05 | 30       | 2026-04-28  | 2026-04-05 | 70    |
      | 2026-04-05 | 30       | 2026-04-28  | 2026-04-06 | 70    |
      | 2026-04-05 | 30       | 2026-04-28  | 2026-04-28 | 62    |
      | 2026-04-05 | 30       | 2026-04-28  | 2026-04-29 | 62    |

  Scenario: Each change is a movement
    Given today is 2026-03-03
    And 5 pieces of HAM-001 are transferred from MAIN to NORD
    And ada@example.com orders 2 HAM-001 from NORD
    And the order is allocated
    And today is 2026-03-04
    And the order is shipped
    When 90 pieces of HAM-001 are counted in MAIN
    Then the movements of HAM-001 are
      | day        | warehouse | kind     | quantity | reference |
      | 2026-03-02 | MAIN      | receipt  | 100      |           |
      | 2026-03-02 | NORD      | receipt  | 40       |           |
      | 2026-03-03 | MAIN      | transfer | -5       | to NORD   |
      | 2026-03-03 | NORD      | transfer | 5        | from MAIN |
      | 2026-03-04 | NORD      | shipment | -2       | SO-000001 |
      | 2026-03-04 | MAIN      | count    | -5       |           |

  Scenario: A count without a difference is not a movement
    When 100 pieces of HAM-001 are counted in MAIN
    Then the table movement has 12 rows
