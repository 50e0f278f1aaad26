Feature: Revisions keep what is in the database

  Scenario: Prices move into the retail list, rounded as the application rounds
    Given a database at the revision 0018
    And its table product gets these rows
      | id | sku     | name  | category_id | unit  | price |
      | 70 | BOX-001 | Box   | 1           | piece | 2.50  |
      | 71 | BOX-002 | Crate | 1           | piece | 0.07  |
    When it goes up to 0020
    Then its table price contains
      | product_id | price_list_id | minimum_quantity | amount_cents |
      | 1          | 1             | 1                | 1490         |
      | 2          | 1             | 1                | 2450         |
      | 3          | 1             | 1                | 199          |
      | 4          | 1             | 1                | 1795         |
      | 5          | 1             | 1                | 39900        |
      | 6          | 1             | 1                | 89           |
      | 70         | 1             | 1                | 250          |
      | 71         | 1             | 1                | 7            |
    And its table product has no column price

  Scenario: Prices come back with their column
    Given a database at the revision 0020
    When it goes down to 0018
    Then its table price contains
      | id |
    And its table product contains
      | sku     | price |
      | CAB-001 | 0.89  |
      | COF-001 | 17.95 |
      | HAM-001 | 14.9  |
      | MIL-001 | 1.99  |
      | PHO-001 | 399   |
      | SAW-001 | 24.5  |

  Scenario: Orders that have no number get one, and new ones go on from there
    Given a database at the revision 0024
    And its table customer gets these rows
      | id | name | email           | country |
      | 1  | Ada  | ada@example.com | DE      |
    And its table address gets these rows
      | id | customer_id | street | postcode | city    | country |
      | 1  | 1           | Street | 20095    | Hamburg | DE      |
    And its table customer_order gets these rows
      | id | customer_id | warehouse_id | address_id | status  | placed_at           |
      | 3  | 1           | 1            | 1          | placed  | 2026-03-02 09:00:00 |
      | 8  | 1           | 1            | 1          | shipped | 2026-03-01 09:00:00 |
    And its table order_line gets these rows
      | id | order_id | product_id | quantity | unit_price |
      | 1  | 3        | 1          | 2        | 14.90      |
      | 2  | 3        | 3          | 3        | 1.99       |
      | 3  | 8        | 6          | 100      | 0.89       |
    When it goes up to heads
    Then its table customer_order contains
      | id | number    | state   | priority | currency | goods_cents | discount_cents |
      | 3  | SO-000001 | placed  | 0        | EUR      | 3577        | 0              |
      | 8  | SO-000002 | shipped | 0        | EUR      | 8900        | 0              |
    And its table order_line contains
      | id | net_cents | allocated | shipped | cancelled |
      | 1  | 2980      | 0         | 0       | 0         |
      | 2  | 597       | 0         | 0       | 0         |
      | 3  | 8900      | 0         | 0       | 0         |
    And its table customer contains
      | email           | group_id | currency |
      | ada@example.com | 1        | EUR      |
    And its table number_sequence contains
      | name     | next_value |
      | order    | 3          |
      | purchase | 1          |
      | return   | 1          |
      | shipment | 1          |
      | transfer | 1          |

  Scenario: Categories get codes, made by the application
    Given a database at the revision 0031
    And its table category gets these rows
      | id | name                 |
      | 9  | Nuts, bolts & screws |
    When it goes up to 0032
    Then its table category contains
      | id | code         | parent_id |
      | 1  | TOOLS        | nothing   |
      | 2  | FOOD         | nothing   |
      | 3  | ELECTRONICS  | nothing   |
      | 9  | NUTS-BOLTS-S | nothing   |

  Scenario: Levels keep their quantities under a new name
    Given a database at the revision 0039
    And its table stock_level gets these rows
      | id | product_id | bin_id | quantity |
      | 1  | 1          | 2      | 17       |
    When it goes up to heads
    Then its table stock_level contains
      | product_id | on_hand |
      | 1          | 17      |
    When it goes down to 0039
    Then its table stock_level contains
      | product_id | quantity |
      | 1          | 17       |

  Scenario: All the way down and up again, the template is the same
    Given a database that is built with its history
    When it goes down to base
    And it goes up to heads
    Then it contains what the template contains
