Feature: A cart becomes an order

  Background:
    Given these customers
      | email           | country | currency | vat id    | group    |
      | ada@example.com | DE      | EUR      |           | STANDARD |
      | bob@example.com | AT      | EUR      |           | TRADE    |
      | cem@example.com | AT      | EUR      | ATU123456 | STANDARD |
      | dan@example.com | DE      | USD      |           | STANDARD |
      | eve@example.com | CH      | CHF      |           | STANDARD |

  Scenario: An order says what it costs
    When ada@example.com orders HAM-001 x 2, MIL-001 x 3
    Then the order has
      | number    | state  | customer        | warehouse | currency | priority | goods cents | discount cents | shipping cents | tax cents | total cents |
      | SO-000001 | placed | ada@example.com | MAIN      | EUR      | 0        | 3577        | 0              | 890            | 777       | 5244        |
    And the lines of the order are
      | product | quantity | net cents | tax cents | allocated | shipped | cancelled | open |
      | HAM-001 | 2        | 2980      | 566       | 0         | 0       | 0         | 2    |
      | MIL-001 | 3        | 597       | 42        | 0         | 0       | 0         | 3    |
    And the order goes to Hamburg

  Scenario: A trade customer abroad has discount, dearer parcels and the taxes of the country
    When bob@example.com orders HAM-001 x 2
    Then the order has
      | goods cents | shipping cents | tax cents | total cents |
      | 2682        | 990            | 734       | 4406        |

  Scenario: A business abroad pays its tax at home
    When cem@example.com orders HAM-001 x 2
    Then the order has
      | goods cents | shipping cents | tax cents | total cents |
      | 2980        | 990            | 0         | 3970        |

  Scenario: Parcels are paid in the customer's currency
    When dan@example.com orders HAM-001 x 2
    Then the order has
      | currency | goods cents | shipping cents | tax cents |
      | USD      | 3240        | 533            | 717       |

  Scenario Outline: Parcels are free from 250 euros on, whatever the customer pays in
    When <email> orders SAW-001 x <count>
    Then the order has
      | currency   | goods cents | shipping cents |
      | <currency> | <goods>     | <shipping>     |

    Examples:
      | email           | count | currency | goods | shipping |
      | ada@example.com | 10    | EUR      | 24500 | 890      |
      | ada@example.com | 11    | EUR      | 26950 | 0        |
      | dan@example.com | 10    | USD      | 26630 | 967      |
      | dan@example.com | 11    | USD      | 29293 | 0        |

  Scenario: An express order from another warehouse
    When ada@example.com orders HAM-001 x 1, with
      | warehouse | express |
      | NORD      | yes     |
    Then the order has
      | warehouse | priority |
      | NORD      | 10       |

  Scenario: An order to another address of the customer
    Given ada@example.com adds this address
      | street | postcode | city | country |
      | Rue 1  | 69001    | Lyon | FR      |
    When ada@example.com orders HAM-001 x 1, with
      | city |
      | Lyon |
    Then the order goes to Lyon
    And the order has
      | goods cents | shipping cents | tax cents |
      | 1490        | 1190           | 536       |

  Scenario: Nobody orders to somebody else's address
    When ada@example.com orders HAM-001 x 1, with
      | city | owner           |
      | Wien | bob@example.com |
    Then it is refused: address must be one of the customer's own

  Scenario: A voucher makes an order cheaper
    Given this voucher is issued
      | code   | reduction | value | minimum |
      | SPRING | amount    | 1000  | 2000    |
    When ada@example.com orders HAM-001 x 2, with
      | voucher |
      | SPRING  |
    Then the order has
      | goods cents | discount cents | shipping cents | tax cents | total cents |
      | 2980        | 1000           | 490            | 469       | 2939        |
    And the voucher SPRING has been used 1 times

  Scenario: A voucher that does not hold refuses the order, and is not used
    Given this voucher is issued
      | code   | reduction | value | minimum |
      | SPRING | amount    | 1000  | 2000    |
    When ada@example.com orders HAM-001 x 1, with
      | voucher |
      | SPRING  |
    Then it is refused: voucher SPRING needs goods for 2000 cents
    And the voucher SPRING has been used 0 times
    And there are 0 rows in customer_order

  Scenario: Where nothing is delivered to, nothing can be ordered
    When eve@example.com orders HAM-001 x 1
    Then it is refused: no standard tax rate of CH on 2026-03-02

  Scenario: A country with a tax still needs a carrier
    Given CH takes 810 basis points of standard tax from 2024-01-01 on
    When eve@example.com orders HAM-001 x 1
    Then it is refused: no delivery to CH
