Feature: Reports about margins, taxes and refunds

  Background:
    Given these customers
      | email           | country | vat id      |
      | ada@example.com | DE      |             |
      | eva@example.com | AT      |             |
      | ivo@example.com | AT      | ATU12345678 |

  Scenario: What is earned with each product, the worst first
    Given this stock
      | sku     | count | cents |
      | HAM-001 | 5     | 700   |
      | SAW-001 | 5     | 3000  |
      | CAB-001 | 100   | 85    |
    And ada@example.com orders HAM-001 x 2, SAW-001 x 1, CAB-001 x 100
    And the order is allocated now
    And the order is handed over
    When I ask for the report "margins"
    Then the report says
      | SKU     | Revenue | Cost  | Earned | Margin | Remark         |
      | SAW-001 | 24.50   | 30.00 | -5.50  | -22 %  | sold at a loss |
      | CAB-001 | 89.00   | 85.00 | 4.00   | 4 %    | too small      |
      | HAM-001 | 29.80   | 14.00 | 15.80  | 53 %   |                |
    And the totals are
      | Revenue | Cost   | Earned |
      | 143.30  | 129.00 | 14.30  |

  Scenario: What is given away has no margin
    Given SAW-001 costs 0.00 in RETAIL
    And this stock
      | sku     | count | cents |
      | SAW-001 | 5     | 3000  |
    And ada@example.com orders SAW-001 x 1
    And the order is allocated now
    And the order is handed over
    When I ask for the report "margins"
    Then the report says
      | SKU     | Revenue | Cost  | Margin | Remark     |
      | SAW-001 | 0.00    | 30.00 | -      | given away |

  Scenario: What is not shipped yet earns nothing yet
    Given ada@example.com orders SAW-001 x 1
    When I ask for the report "margins"
    Then the report is empty

  Scenario: Only the pieces that left count
    Given this stock
      | sku     | count | cents |
      | HAM-001 | 1     | 700   |
    And ada@example.com orders HAM-001 x 3
    And the order is allocated now
    And the order is handed over
    When I ask for the report "margins"
    Then the report says
      | SKU     | Revenue | Cost | Earned |
      | HAM-001 | 14.90   | 7.00 | 7.90   |

  Scenario: Taxes by country and kind
    Given ada@example.com orders HAM-001 x 2, MIL-001 x 10
    And eva@example.com orders HAM-001 x 1
    And ivo@example.com orders HAM-001 x 1
    When I ask for the report "tax-summary"
    Then the report says
      | Country | Kind           | Net   | Tax  |
      | AT      | reverse charge | 24.80 | 0.00 |
      | AT      | shipping       | 9.90  | 1.98 |
      | AT      | standard       | 14.90 | 2.98 |
      | DE      | reduced        | 19.90 | 1.39 |
      | DE      | shipping       | 16.90 | 3.21 |
      | DE      | standard       | 29.80 | 5.66 |
    And the totals are
      | Net    | Tax   |
      | 116.20 | 15.22 |

  Scenario: Free parcels are not taxed
    Given ada@example.com orders PHO-001 x 1
    When I ask for the report "tax-summary"
    Then the report says
      | Country | Kind     | Net    | Tax   |
      | DE      | standard | 399.00 | 75.81 |

  Scenario: What comes back costs money
    Given this stock
      | sku     | count |
      | HAM-001 | 5     |
      | SAW-001 | 5     |
    And ada@example.com orders HAM-001 x 4, SAW-001 x 1
    And the order is allocated now
    And the order is handed over
    And a return of HAM-001 x 1 is requested because of "too heavy"
    And the return arrives
      | sku     | condition |
      | HAM-001 | as-new    |
    And the return is refunded now
    And a return of HAM-001 x 1 is requested because of "still too heavy"
    And the return is rejected now
    When I ask for the report "returned-goods"
    Then the report says
      | SKU     | Shipped | Returned | Rate | Refunded |
      | HAM-001 | 4       | 1        | 25 % | 17.73    |
      | SAW-001 | 1       | 0        | 0 %  | 0.00     |
    And the totals are
      | Shipped | Returned | Refunded |
      | 5       | 1        | 17.73    |

  Scenario: What was shipped the month before has no rate
    Given it is 2026-02-27
    And this stock
      | sku     | count |
      | HAM-001 | 5     |
    And ada@example.com orders HAM-001 x 4
    And the order is allocated now
    And the order is handed over
    And it is 2026-03-02
    And a return of HAM-001 x 2 is requested because of "too heavy"
    When I ask for the report "returned-goods"
    Then the report says
      | SKU     | Shipped | Returned | Rate | Refunded |
      | HAM-001 | 0       | 2        | -    | 0.00     |
