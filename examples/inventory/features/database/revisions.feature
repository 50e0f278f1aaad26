Feature: The revisions convert existing data

  Scenario: Prices are converted to cents
    Given a database at revision 0016
    And its table product has the rows
      | id | sku     | name  | category_id | price |
      | 7  | BOX-001 | Box   | 1           | 2.50  |
      | 8  | BOX-002 | Crate | 1           | 0.07  |
    When it is upgraded to 0017
    Then its table product contains
      | sku     | price_cents |
      | BOX-001 | 250         |
      | BOX-002 | 7           |
      | CAB-001 | 89          |
      | COF-001 | 1795        |
      | HAM-001 | 1490        |
      | MIL-001 | 199         |
      | PHO-001 | 39900       |
      | SAW-001 | 2450        |

  Scenario: Orders are numbered and have a sum
    Given a database at revision 0023
    And its table customer has the rows
      | id | name | email           |
      | 1  | Ada  | ada@example.com |
    And its table customer_order has the rows
      | id | customer_id | warehouse_id | status  | placed_on  |
      | 3  | 1           | 1            | placed  | 2026-03-02 |
      | 8  | 1           | 1            | shipped | 2026-03-01 |
    And its table order_line has the rows
      | id | order_id | product_id | quantity | unit_price |
      | 1  | 3        | 1          | 2        | 14.90      |
      | 2  | 3        | 3          | 3        | 1.99       |
      | 3  | 8        | 6          | 100      | 0.89       |
    When it is upgraded to head
    Then its table customer_order contains
      | number    | state   | goods_cents | discount_cents |
      | SO-000001 | placed  | 3577        | 0              |
      | SO-000002 | shipped | 8900        | 0              |
    And its table customer contains
      | email           | group_id | country | is_blocked |
      | ada@example.com | 1        | DE      | 0          |
    And its table number_sequence contains
      | name  | next_value |
      | order | 3          |

  Scenario: Categories get their codes
    Given a database at revision 0033
    And its table category has the rows
      | id | name                 |
      | 9  | Nuts, bolts & screws |
    When it is upgraded to 0034
    Then its table category contains
      | id | code         |
      | 1  | TOOLS        |
      | 2  | FOOD         |
      | 3  | ELECTRONICS  |
      | 9  | NUTS-BOLTS-S |

  Scenario Outline: An upgrade in two parts has the same result
    Given a database at revision <revision>
    When it is upgraded to head
    Then it has the schema of the template

    Examples:
      | revision |
      | 0001     |
      | 0010     |
      | 0020     |
      | 0021     |
      | 0030     |
      | 0035     |
