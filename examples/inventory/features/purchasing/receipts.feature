Feature: Deliveries are booked against purchases

  Background:
    Given the supplier ACME in USD, who delivers in 3 days
    And ACME offers HAM-001 at 10.00
    And ACME offers MIL-001 at 1.00
    And ACME offers PHO-001 at 200.00

  Scenario: Goods come at their price in euros
    Given HAM-001 x 10 are bought from ACME
    When HAM-001 x 10 arrive in RECV
    Then the answer is 9200
    And the purchase is received
    And 10 HAM-001 are on hand in MAIN
    And a piece of HAM-001 cost 9.20 when it last came to MAIN

  Scenario: Goods come in parts
    Given HAM-001 x 10, MIL-001 x 20 are bought from ACME
    When HAM-001 x 4 arrive in RECV
    Then the purchase is partly-received
    When HAM-001 x 6 arrive in RECV
    Then the purchase is partly-received
    And the lines of the purchase are
      | product | quantity | received |
      | HAM-001 | 10       | 10       |
      | MIL-001 | 20       | 0        |
    When MIL-001 x 20 arrive in RECV, with
      | sku     | lot |
      | MIL-001 | L1  |
    Then the purchase is received
    And 20 MIL-001 are on hand in MAIN

  Scenario: Serial numbers come with the delivery
    Given PHO-001 x 2 are bought from ACME
    When PHO-001 x 2 arrive in RECV, with
      | sku     | numbers |
      | PHO-001 | A1 A2   |
    Then the PHO-001 in stock have the numbers A1, A2

  Scenario: Without its serial numbers nothing of a delivery is kept
    Given HAM-001 x 10, PHO-001 x 2 are bought from ACME
    When HAM-001 x 10, PHO-001 x 2 arrive in RECV
    Then the error is of the kind InvalidValueError
    And 0 HAM-001 are on hand in MAIN
    And the purchase is sent

  Scenario Outline: Only so many pieces too many are accepted
    When I ask how many pieces are accepted if <ordered> were ordered
    Then the answer is <accepted>

    Examples:
      | ordered | accepted |
      | 10      | 10       |
      | 19      | 19       |
      | 20      | 21       |
      | 100     | 105      |

  Scenario: A few pieces too many count as ordered
    Given HAM-001 x 20 are bought from ACME
    When HAM-001 x 21 arrive in RECV
    Then the purchase is received
    And the lines of the purchase are
      | product | quantity | received |
      | HAM-001 | 21       | 21       |

  Scenario: Pieces too many are not kept a second time
    Given HAM-001 x 20, MIL-001 x 5 are bought from ACME
    And HAM-001 x 21 arrive in RECV
    When HAM-001 x 1 arrive in RECV
    Then it is refused: HAM-001: 22 delivered, at most 21 accepted

  Scenario: Far too many pieces go back
    Given HAM-001 x 20 are bought from ACME
    And HAM-001 x 10 arrive in RECV
    When HAM-001 x 12 arrive in RECV
    Then it is refused: HAM-001: 22 delivered, at most 21 accepted
    And 10 HAM-001 are on hand in MAIN

  Scenario: What was never ordered is not booked
    Given HAM-001 x 10 are bought from ACME
    When SAW-001 x 1 arrive in RECV
    Then it is refused: no purchaseline PO-000001/SAW-001

  Scenario: A lorry at the wrong warehouse is sent on
    Given HAM-001 x 10 are bought from ACME
    When HAM-001 x 10 arrive in NORD/RECV
    Then it is refused: bin must stand in warehouse MAIN

  Scenario: An empty lorry is no delivery
    Given HAM-001 x 10 are bought from ACME
    When nothing arrives in RECV
    Then it is refused: delivered must not be empty

  Scenario: No pieces are no delivery
    Given HAM-001 x 10 are bought from ACME
    When HAM-001 x 0 arrive in RECV
    Then it is refused: quantity must be positive, not 0

  Scenario: Goods of a draft do not come
    Given HAM-001 x 10 are drafted for ACME
    When HAM-001 x 10 arrive in RECV
    Then it is refused: purchase PO-000001 is draft: cannot receive it
