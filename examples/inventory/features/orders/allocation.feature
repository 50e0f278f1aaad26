Feature: Stock is reserved for orders

  Background:
    Given the example shop

  Scenario Outline: An order is allocated if the stock is sufficient
    Given ada@example.com orders <quantity> <sku> from <warehouse>
    When the order is allocated
    Then the state of the order is <state>
    And <missing> pieces are missing
    And <warehouse> has <stock> pieces of <sku>, <available> of them available

    Examples:
      | quantity | sku     | warehouse | state       | missing | stock | available |
      | 1        | HAM-001 | MAIN      | allocated   | 0       | 100   | 99        |
      | 40       | HAM-001 | NORD      | allocated   | 0       | 40    | 0         |
      | 41       | HAM-001 | MAIN      | allocated   | 0       | 100   | 59        |
      | 101      | HAM-001 | MAIN      | backordered | 1       | 100   | 0         |
      | 150      | HAM-001 | NORD      | backordered | 110     | 40    | 0         |
      | 1        | SAW-001 | NORD      | allocated   | 0       | 40    | 39        |
      | 40       | SAW-001 | MAIN      | allocated   | 0       | 100   | 60        |
      | 41       | SAW-001 | NORD      | backordered | 1       | 40    | 0         |
      | 101      | SAW-001 | NORD      | backordered | 61      | 40    | 0         |
      | 150      | SAW-001 | MAIN      | backordered | 50      | 100   | 0         |
      | 1        | MIL-001 | MAIN      | allocated   | 0       | 100   | 99        |
      | 150      | MIL-001 | NORD      | backordered | 110     | 40    | 0         |
      | 1        | COF-001 | NORD      | allocated   | 0       | 40    | 39        |
      | 40       | COF-001 | MAIN      | allocated   | 0       | 100   | 60        |
      | 41       | COF-001 | NORD      | backordered | 1       | 40    | 0         |
      | 101      | COF-001 | NORD      | backordered | 61      | 40    | 0         |
      | 150      | COF-001 | MAIN      | backordered | 50      | 100   | 0         |
      | 1        | PHO-001 | MAIN      | allocated   | 0       | 100   | 99        |
      | 40       | PHO-001 | NORD      | allocated   | 0       | 40    | 0         |
      | 41       | PHO-001 | MAIN      | allocated   | 0       | 100   | 59        |
      | 101      | PHO-001 | MAIN      | backordered | 1       | 100   | 0         |
      | 150      | PHO-001 | NORD      | backordered | 110     | 40    | 0         |
      | 1        | CAB-001 | NORD      | allocated   | 0       | 40    | 39        |
      | 40       | CAB-001 | MAIN      | allocated   | 0       | 100   | 60        |
      | 41       | CAB-001 | NORD      | backordered | 1       | 40    | 0         |
      | 101      | CAB-001 | NORD      | backordered | 61      | 40    | 0         |
      | 150      | CAB-001 | MAIN      | backordered | 50      | 100   | 0         |

  Scenario Outline: The first order has priority
    Given ada@example.com orders <first> CAB-001 from MAIN
    And the order is allocated
    And tom@example.com orders <second> CAB-001 from MAIN
    When the order is allocated
    Then the state of the order is <state>
    And <missing> pieces are missing

    Examples:
      | first | second | state       | missing |
      | 10    | 5      | allocated   | 0       |
      | 10    | 40     | allocated   | 0       |
      | 10    | 41     | allocated   | 0       |
      | 10    | 120    | backordered | 30      |
      | 60    | 5      | allocated   | 0       |
      | 60    | 40     | allocated   | 0       |
      | 60    | 41     | backordered | 1       |
      | 60    | 120    | backordered | 80      |
      | 100   | 5      | backordered | 5       |
      | 100   | 40     | backordered | 40      |
      | 100   | 41     | backordered | 41      |
      | 100   | 120    | backordered | 120     |
      | 130   | 5      | backordered | 5       |
      | 130   | 40     | backordered | 40      |
      | 130   | 41     | backordered | 41      |
      | 130   | 120    | backordered | 120     |

  Scenario Outline: A backordered order is allocated after an arrival
    Given eve@example.com orders <quantity> CAB-001 from NORD
    And the order is allocated
    And <arrival> pieces of CAB-001 arrive in NORD
    When the order is allocated
    Then the state of the order is <state>
    And <missing> pieces are missing

    Examples:
      | quantity | arrival | state       | missing |
      | 45       | 1       | backordered | 4       |
      | 45       | 5       | allocated   | 0       |
      | 45       | 20      | allocated   | 0       |
      | 45       | 60      | allocated   | 0       |
      | 45       | 75      | allocated   | 0       |
      | 100      | 1       | backordered | 59      |
      | 100      | 5       | backordered | 55      |
      | 100      | 20      | backordered | 40      |
      | 100      | 60      | allocated   | 0       |
      | 100      | 75      | allocated   | 0       |

  Scenario Outline: A finished order cannot be allocated
    Given ada@example.com orders 1 <sku> from MAIN
    And the order is allocated
    And the order is <state>
    When the order is allocated
    Then it fails: cannot allocate order SO-000001: it is <state>

    Examples:
      | sku     | state     |
      | HAM-001 | shipped   |
      | HAM-001 | cancelled |
      | SAW-001 | shipped   |
      | SAW-001 | cancelled |
      | MIL-001 | shipped   |
      | MIL-001 | cancelled |
      | COF-001 | shipped   |
      | COF-001 | cancelled |
      | PHO-001 | shipped   |
      | PHO-001 | cancelled |
      | CAB-001 | shipped   |
      | CAB-001 | cancelled |
