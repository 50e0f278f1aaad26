Feature: A cart is checked while it is filled

  Scenario: Pieces of one product come together
    When 2 HAM-001 are put into the cart
    And 1 SAW-001 are put into the cart
    And 3 HAM-001 are put into the cart
    Then the cart contains HAM-001 5, SAW-001 1
    And the cart weighs 3450 g

  Scenario: A quantity is changed, and with none the product is gone
    Given 2 HAM-001 are put into the cart
    And 1 SAW-001 are put into the cart
    When the cart is to contain 7 HAM-001
    And the cart is to contain 0 SAW-001
    Then the cart contains HAM-001 7

  Scenario Outline: What makes no sense is refused, and the cart stays as it was
    Given 2 HAM-001 are put into the cart
    And SAW-001 is discontinued
    When <action>
    Then it is refused: <message>
    And the cart contains HAM-001 2

    Examples:
      | action                               | message                                   |
      | 0 HAM-001 are put into the cart      | quantity must be positive, not 0          |
      | 9999 HAM-001 are put into the cart   | quantity of HAM-001 must be at most 10000 |
      | 1 SAW-001 are put into the cart      | SAW-001 is blocked                        |
      | the cart is to contain 10001 HAM-001 | quantity of HAM-001 must be at most 10000 |
      | the cart is to contain -1 HAM-001    | quantity must not be negative, but is -1  |
      | the cart is to contain 1 CAB-001     | product CAB-001 is not in the cart        |

  Scenario: The largest quantity is not too large
    Given 2 HAM-001 are put into the cart
    When 9998 HAM-001 are put into the cart
    Then the cart contains HAM-001 10000

  Scenario: The cart from before the login is merged
    Given 2 HAM-001 are put into the cart
    When a cart with HAM-001 x 1, CAB-001 x 4 is merged into the cart
    Then the cart contains HAM-001 3, CAB-001 4

  Scenario: What has left the catalogue meanwhile is not merged
    Given SAW-001 is discontinued
    When a cart with SAW-001 x 1 is merged into the cart
    Then it is refused: SAW-001 is blocked

  Scenario: An empty cart costs nothing and is no order
    Given the customer ada@example.com
    When ada@example.com asks what the cart costs
    Then it is refused: the cart is empty
    When ada@example.com orders nothing
    Then it is refused: the cart is empty

  Scenario: A cart costs what its goods and their parcels cost
    Given the customer ada@example.com
    And 2 HAM-001 are put into the cart
    When ada@example.com asks what the cart costs
    Then the quote has
      | goods cents | shipping cents | tax cents | total cents |
      | 2980        | 490            | 659       | 4129        |
