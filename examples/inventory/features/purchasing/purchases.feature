Feature: Purchases are drafted, changed, sent and taken back

  Background:
    Given these suppliers
      | code | days |
      | ACME | 3    |
    And ACME offers HAM-001 at 8.00 in packs of 6, at least 12
    And ACME offers CAB-001 at 0.30

  Scenario: A draft has a number and the prices of the offers
    When HAM-001 x 12, CAB-001 x 100 are drafted for ACME
    Then the purchase has
      | number    | state | ordered on | expected on |
      | PO-000001 | draft | 2026-03-02 | nothing     |
    And the lines of the purchase are
      | product | quantity | received | unit cost cents |
      | HAM-001 | 12       | 0        | 800             |
      | CAB-001 | 100      | 0        | 30              |
    When I ask what the purchase costs
    Then the answer is 12600

  Scenario: Later offers do not change what was drafted
    Given HAM-001 x 12 are drafted for ACME
    When ACME offers HAM-001 at 9.99
    And I ask what the purchase costs
    Then the answer is 9600

  Scenario Outline: What a supplier does not sell cannot be drafted
    When <items> are drafted for ACME
    Then it is refused: <message>

    Examples:
      | items        | message                                         |
      | HAM-001 x 13 | quantity 13 of HAM-001 is not sold: order 18     |
      | HAM-001 x 6  | quantity 6 of HAM-001 is not sold: order 12      |
      | HAM-001 x 0  | quantity must be positive, not 0                |
      | SAW-001 x 1  | no supplierproduct ACME/SAW-001                 |

  Scenario: An empty purchase makes no sense
    When nothing is drafted for ACME
    Then it is refused: items must not be empty

  Scenario: Nothing is drafted for a blocked supplier
    Given nothing is bought from ACME any more
    When CAB-001 x 1 are drafted for ACME
    Then it is refused: supplier ACME is blocked

  Scenario: Nothing is drafted for a closed warehouse
    Given NORD is closed
    When CAB-001 x 1 are drafted for ACME, to be brought to NORD
    Then it is refused: warehouse NORD is blocked

  Scenario: A purchase is found by its number
    Given CAB-001 x 1 are drafted for ACME
    When I look for the purchase "po-000001"
    Then the answer is PO-000001
    When I look for the purchase "PO-000002"
    Then it is refused: no purchaseorder PO-000002

  Scenario: A draft can be changed
    Given HAM-001 x 12, CAB-001 x 100 are drafted for ACME
    When the purchase is to contain 24 HAM-001
    Then the lines of the purchase are
      | product | quantity |
      | CAB-001 | 100      |
      | HAM-001 | 24       |
    When the purchase is to contain 0 CAB-001
    Then the lines of the purchase are
      | product | quantity |
      | HAM-001 | 24       |
    And there are 1 rows in purchase_line

  Scenario: The last line cannot be taken out
    Given HAM-001 x 12 are drafted for ACME
    When the purchase is to contain 0 HAM-001
    Then it is refused: items must not be empty: cancel the purchase instead

  Scenario: A line that is not there cannot be taken out
    Given HAM-001 x 12 are drafted for ACME
    When the purchase is to contain 0 CAB-001
    Then it is refused: no purchaseline PO-000001/CAB-001

  Scenario: What is sent cannot be changed
    Given HAM-001 x 12 are bought from ACME
    When the purchase is to contain 24 HAM-001
    Then it is refused: purchase PO-000001 is sent: cannot change it

  Scenario: A purchase that is sent is expected after the lead time
    Given HAM-001 x 12 are drafted for ACME
    And 2 days have passed
    When the purchase is sent now
    Then the answer is 2026-03-09
    And the purchase has
      | state | ordered on | expected on |
      | sent  | 2026-03-04 | 2026-03-09  |

  Scenario: A purchase is sent once
    Given HAM-001 x 12 are bought from ACME
    When the purchase is sent now
    Then it is refused: purchase PO-000001 is sent: cannot send it
    And the error's state is sent

  Scenario: A draft for somebody who was blocked meanwhile is not sent
    Given HAM-001 x 12 are drafted for ACME
    And nothing is bought from ACME any more
    When the purchase is sent now
    Then it is refused: supplier ACME is blocked

  Scenario: What has left the catalogue is not ordered any more
    Given HAM-001 x 12, CAB-001 x 1 are drafted for ACME
    And HAM-001 is discontinued
    When the purchase is sent now
    Then it is refused: purchase PO-000001 asks for what is no longer sold: HAM-001

  Scenario: A supplier can name another day
    Given HAM-001 x 12 are bought from ACME
    When the purchase is postponed to 2026-03-20
    Then the purchase has
      | state | expected on |
      | sent  | 2026-03-20  |
    When the purchase is postponed to 2026-03-01
    Then it is refused: expected_on must not be before 2026-03-02

  Scenario: A draft cannot be postponed
    Given HAM-001 x 12 are drafted for ACME
    When the purchase is postponed to 2026-03-20
    Then it is refused: purchase PO-000001 is draft: cannot postpone it

  Scenario: A purchase can be cancelled until goods come
    Given HAM-001 x 12 are bought from ACME
    When the purchase is cancelled now
    Then the purchase is cancelled
    When the purchase is cancelled now
    Then it is refused: purchase PO-000001 is cancelled: cannot cancel it

  Scenario: A purchase of which a part has come cannot be cancelled, but closed
    Given HAM-001 x 12, CAB-001 x 100 are bought from ACME
    And HAM-001 x 10 arrive in RECV
    When the purchase is cancelled now
    Then it is refused: purchase PO-000001 is partly-received: cannot cancel it
    When the purchase is closed short
    Then the answer is 102
    And the purchase is received

  Scenario: A purchase of which nothing has come is not closed
    Given HAM-001 x 12 are bought from ACME
    When the purchase is closed short
    Then it is refused: purchase PO-000001 is sent: cannot close it
