Feature: Customers and orders over HTTP

  Background:
    Given the customer ada@example.com

  Scenario: A customer registers
    When I POST /customers with
      """
      {"name": "Eva", "email": "Eva@Example.com", "country": "AT", "vat_id": "ATU12345678", "group": "TRADE"}
      """
    Then the status is 201
    And the header Location is /customers/eva@example.com
    When I POST /customers/eva@example.com/addresses with
      """
      {"street": "Am Graben 2", "postcode": "1010", "city": "Wien"}
      """
    Then the status is 201
    When I GET /customers/eva@example.com
    Then the answer has
      | field             | value                       |
      | name              | "Eva"                       |
      | group             | "TRADE"                     |
      | addresses.0       | "Am Graben 2, 1010 Wien, AT" |
      | owes_cents        | 0                           |
      | credit_left_cents | null                        |

  Scenario Outline: A customer is changed, and only what is sent
    When I PATCH /customers/ada@example.com with
      """
      <body>
      """
    Then the status is 200
    And the answer has
      | field             | value     |
      | credit_left_cents | <credit>  |
      | is_blocked        | <blocked> |

    Examples:
      | body                                             | credit | blocked |
      | {"credit_limit_cents": 5000}                     | 5000   | false   |
      | {"is_blocked": true}                             | null   | true    |
      | {"is_blocked": false, "credit_limit_cents": 100} | 100    | false   |
      | {}                                               | null   | false   |

  Scenario: An order goes all its way
    Given 5 HAM-001 are received in A-01 at 7.00
    When I POST /orders with
      """
      {"customer": "ada@example.com", "items": {"HAM-001": 2}, "express": true}
      """
    Then the status is 201
    And the header Location is /orders/SO-000001
    And the answer has
      | field         | value     |
      | total_cents   | 4129      |
      | state         | "placed"  |
      | lines.0.sku   | "HAM-001" |
      | lines.0.open  | 2         |
    When I POST /orders/SO-000001/allocation
    Then the answer has
      | field   | value       |
      | state   | "allocated" |
      | missing | 0           |
    When I POST /orders/SO-000001/shipments with
      """
      {}
      """
    Then the status is 201
    And the answer has
      | field       | value       |
      | number      | "SH-000001" |
      | parcels     | 1           |
      | order.state | "shipped"   |
    When I GET /orders/SO-000001
    Then the answer has
      | field        | value             |
      | customer     | "ada@example.com" |
      | shipments    | ["SH-000001"]     |
      | lines.0.open | 0                 |

  Scenario: Pieces with serial numbers are shipped by name
    Given this stock
      | sku     | count | numbers |
      | PHO-001 | 2     | A1 A2   |
    And I POST /orders with
      """
      {"customer": "ada@example.com", "items": {"PHO-001": 1}}
      """
    And I POST /orders/SO-000001/allocation
    When I POST /orders/SO-000001/shipments with
      """
      {"serial_numbers": {"PHO-001": ["A2"]}}
      """
    Then the status is 201
    And the PHO-001 in stock have the numbers A1

  Scenario: Orders are listed by state, the latest first
    Given ada@example.com orders HAM-001 x 1
    And ada@example.com orders HAM-001 x 2
    And ada@example.com orders HAM-001 x 3
    When I POST /orders/SO-000002/cancellation
    Then the answer has
      | field | value       |
      | state | "cancelled" |
    When I GET /orders
    Then the answer has
      | field          | value       |
      | total          | 3           |
      | items.0.number | "SO-000003" |
    When I GET /orders?state=placed
    Then the answer has
      | field          | value       |
      | total          | 2           |
      | items.1.number | "SO-000001" |
    When I GET /orders?state=lost
    Then the status is 422
    And the answer has
      | field | value   |
      | field | "state" |

  Scenario Outline: Orders that cannot be placed
    Given the credit limit of ada@example.com is set to 100.00
    When I POST /orders with
      """
      {"customer": "<customer>", "items": <items>, "voucher": "<voucher>"}
      """
    Then the status is <status>
    And the problem is <kind>: <detail>

    Examples:
      | customer        | items             | voucher | status | kind           | detail                                                  |
      | bob@example.com | {"HAM-001": 1}    |         | 404    | unknown-record | no customer bob@example.com                             |
      | ada@example.com | {"HAM-001": 10}   |         | 409    | credit-limit   | ada@example.com would be 8790 cents over the credit limit |
      | ada@example.com | {}                |         | 409    | empty-cart     | the cart is empty                                       |
      | ada@example.com | {"HAM-001": 1}    | FREE    | 404    | unknown-record | no voucher FREE                                         |
      | ada@example.com | {"HAM-001": "1"}  |         | 422    | invalid-value  | HAM-001 must be of the type int, not '1'                |
      | ada@example.com | ["HAM-001"]       |         | 422    | invalid-value  | items must be of the type dict, not ['HAM-001']         |

  Scenario: An order that is cancelled is not allocated
    Given ada@example.com orders HAM-001 x 1
    And the order is cancelled now
    When I POST /orders/SO-000001/allocation
    Then the status is 409
    And the problem is state: order SO-000001 is cancelled: cannot allocate it

  Scenario: Prices depend on the customer and the quantity
    When I GET /prices/HAM-001?customer=ada@example.com&quantity=10
    Then the answer has
      | field      | value |
      | list_cents | 14900 |
      | net_cents  | 14900 |
      | currency   | "EUR" |
    When I PUT /prices/HAM-001 with
      """
      {"cents": 1290, "minimum_quantity": 10}
      """
    Then the answer has
      | field  | value                     |
      | prices | {"1": 1490, "10": 1290}   |
    When I GET /prices/HAM-001?customer=ada@example.com&quantity=10
    Then the answer has
      | field      | value |
      | list_cents | 12900 |
    When I GET /prices/HAM-001
    Then the status is 422
    And the problem is invalid-value: customer is missing

  Scenario: A quote is not an order
    When I POST /quotes with
      """
      {"customer": "ada@example.com", "items": {"HAM-001": 2}}
      """
    Then the status is 200
    And the answer has
      | field          | value |
      | goods_cents    | 2980  |
      | shipping_cents | 490   |
      | tax_cents      | 659   |
      | total_cents    | 4129  |
    And there are 0 rows in customer_order
