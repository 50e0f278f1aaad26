Feature: A quote says what a whole order costs

  Background:
    Given these customers
      | email           | country | currency | vat id    | group    |
      | ada@example.com | DE      | EUR      |           | STANDARD |
      | bob@example.com | DE      | EUR      |           | TRADE    |
      | cem@example.com | AT      | EUR      | ATU123456 | STANDARD |
      | dan@example.com | DE      | USD      |           | STANDARD |
      | eve@example.com | DE      | GBP      |           | STANDARD |

  Scenario: Every product has the tax of its kind, parcels have the standard one
    When ada@example.com asks for a quote for HAM-001 x 2, MIL-001 x 3
      | shipping |
      | 490      |
    Then the lines of the quote are
      | product | quantity | list cents | net cents | tax cents |
      | HAM-001 | 2        | 2980       | 2980      | 566       |
      | MIL-001 | 3        | 597        | 597       | 42        |
    And the quote has
      | currency | goods cents | discount cents | shipping cents | tax cents | total cents | voucher |
      | EUR      | 3577        | 0              | 490            | 701       | 4768        | nothing |

  Scenario: The group's discount holds for every line
    When bob@example.com asks for a quote for HAM-001 x 2, MIL-001 x 3
      | country |
      | DE      |
    Then the lines of the quote are
      | product | list cents | net cents | tax cents |
      | HAM-001 | 2980       | 2682      | 510       |
      | MIL-001 | 597        | 537       | 38        |
    And the quote has
      | goods cents | tax cents | total cents |
      | 3219        | 548       | 3767        |

  Scenario: A voucher is shared among the lines, so that less tax is paid, too
    Given this voucher is issued
      | code   | reduction | value |
      | SPRING | percent   | 10    |
    When ada@example.com asks for a quote for HAM-001 x 2, MIL-001 x 3
      | voucher |
      | spring  |
    Then the lines of the quote are
      | product | net cents | tax cents |
      | HAM-001 | 2980      | 510       |
      | MIL-001 | 597       | 38        |
    And the quote has
      | goods cents | discount cents | tax cents | total cents | voucher |
      | 3577        | 358            | 548       | 3767        | SPRING  |

  Scenario: The country of the address decides the rates
    When ada@example.com asks for a quote for HAM-001 x 2, MIL-001 x 3
      | country | shipping |
      | AT      | 990      |
    Then the quote has
      | goods cents | shipping cents | tax cents | total cents |
      | 3577        | 990            | 854       | 5421        |

  Scenario: A business abroad pays its tax at home
    When cem@example.com asks for a quote for HAM-001 x 2, MIL-001 x 3
      | country | shipping |
      | AT      | 990      |
    Then the quote has
      | goods cents | shipping cents | tax cents | total cents |
      | 3577        | 990            | 0         | 4567        |

  Scenario: Promotions come before the group's discount
    Given this promotion starts
      | code  | reduction   | value | minimum | sku     |
      | 3FOR2 | free-pieces | 1     | 3       | HAM-001 |
    When bob@example.com asks for a quote for HAM-001 x 3
      | country |
      | DE      |
    Then the lines of the quote are
      | product | list cents | net cents |
      | HAM-001 | 4470       | 2682      |

  Scenario Outline: The volume's discount begins at a sum of euros, whatever the customer pays in
    When <email> asks for a quote for HAM-001 x <count>
      | country |
      | DE      |
    Then the quote has
      | currency   | goods cents |
      | <currency> | <goods>     |

    Examples:
      | email           | currency | count | goods |
      | ada@example.com | EUR      | 33    | 49170 |
      | ada@example.com | EUR      | 34    | 50153 |
      | dan@example.com | USD      | 31    | 50220 |
      | dan@example.com | USD      | 34    | 54529 |
      | eve@example.com | GBP      | 33    | 42042 |
      | eve@example.com | GBP      | 34    | 42883 |

  Scenario: The volume's discount and the group's are combined
    When bob@example.com asks for a quote for HAM-001 x 400
      | country |
      | DE      |
    Then the quote has
      | goods cents |
      | 512560      |

  Scenario Outline: What cannot be priced, taxed or reduced cannot be quoted
    Given these products
      | sku     | cents | tax    |
      | BOX-001 |       |        |
      | CIG-001 | 500   | luxury |
    When ada@example.com asks for a quote for <items>
      | country   | voucher   |
      | <country> | <voucher> |
    Then it is refused: <message>

    Examples:
      | items       | country | voucher | message                                  |
      | BOX-001 x 1 | DE      |         | BOX-001 has no price on 2026-03-02       |
      | CIG-001 x 1 | DE      |         | no luxury tax rate of DE on 2026-03-02   |
      | HAM-001 x 1 | CH      |         | no standard tax rate of CH on 2026-03-02 |
      | HAM-001 x 1 | DE      | SPRING  | no voucher SPRING                        |
