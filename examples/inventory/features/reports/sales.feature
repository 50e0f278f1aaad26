Feature: Reports about what is sold

  Background:
    Given these customers
      | email           | currency |
      | ada@example.com | EUR      |
      | bob@example.com | USD      |

  Scenario: Sales day by day
    Given ada@example.com orders HAM-001 x 2
    And it is 2026-03-03
    And ada@example.com orders SAW-001 x 1
    And it is 2026-03-04
    And ada@example.com orders SAW-001 x 9
    And the order is cancelled now
    When I ask for the report "sales"
    Then the report is titled "Sales in 2026-03"
    And the report says
      | Period     | Orders | Net   | Share |
      | 2026-03-02 | 1      | 29.80 | 55 %  |
      | 2026-03-03 | 1      | 24.50 | 45 %  |
    And the totals are
      | Period | Orders | Net   |
      | Total  | 2      | 54.30 |

  Scenario: Sales month by month
    Given it is 2026-01-30
    And ada@example.com orders HAM-001 x 1
    And it is 2026-03-31
    And ada@example.com orders HAM-001 x 3
    And it is 2026-04-01
    And ada@example.com orders HAM-001 x 5
    When I ask for the report "sales"
      | period  |
      | 2026-Q1 |
    Then the report says
      | Period  | Orders | Net   | Share |
      | 2026-01 | 1      | 14.90 | 25 %  |
      | 2026-03 | 1      | 44.70 | 75 %  |

  Scenario: Sales have grown, or there was nothing to grow from
    Given it is 2026-02-10
    And ada@example.com orders HAM-001 x 2
    And it is 2026-03-02
    And ada@example.com orders HAM-001 x 3
    When I ask for the report "sales-growth"
    Then the report says
      | Period  | Net   | Growth |
      | 2026-02 | 29.80 | -      |
      | 2026-03 | 44.70 | 50 %   |
    When I ask for the report "sales-growth"
      | period  |
      | 2026-02 |
    Then the report says
      | Period  | Net   | Growth |
      | 2026-01 | 0.00  | -      |
      | 2026-02 | 29.80 | -      |

  Scenario: The best customers come first, in euros
    Given ada@example.com orders HAM-001 x 1
    And bob@example.com orders HAM-001 x 1
    And bob@example.com orders SAW-001 x 1
    When I ask for the report "sales-by-customer"
    Then the report says
      | Customer        | Orders | Net   | Share |
      | bob@example.com | 2      | 39.40 | 73 %  |
      | ada@example.com | 1      | 14.90 | 27 %  |
    And the totals are
      | Orders | Net   |
      | 3      | 54.30 |

  Scenario: Vouchers and cancelled pieces are taken off
    Given this voucher is issued
      | code  | reduction | value |
      | TENTH | percent   | 10    |
    And ada@example.com orders HAM-001 x 2, SAW-001 x 4, with
      | voucher |
      | TENTH   |
    When I ask for the report "sales-by-customer"
    Then the report says
      | Customer        | Net    |
      | ada@example.com | 115.02 |
    Given ada@example.com orders CAB-001 x 10
    And 4 CAB-001 of the order are cancelled
    When I ask for the report "sales-by-customer"
    Then the report says
      | Customer        | Orders | Net    |
      | ada@example.com | 2      | 120.36 |

  Scenario: Categories count with all below them
    Given the subcategory "Hammers" of "Tools" is created
    And these products
      | sku     | name        | category | cents |
      | SLE-001 | Sledge      | Hammers  | 3000  |
    And ada@example.com orders SLE-001 x 2, SAW-001 x 1
    When I ask for the report "sales-by-category"
    Then the report says
      | Category        | Pieces | Net   | With all below |
      | Tools           | 1      | 24.50 | 84.50          |
      | Tools / Hammers | 2      | 60.00 | 60.00          |

  Scenario: The few products that make most of the turnover
    Given ada@example.com orders PHO-001 x 1, SAW-001 x 2, HAM-001 x 2, CAB-001 x 1
    When I ask for the report "abc-classes"
    Then the report says
      | SKU     | Turnover | Share | So far | Class |
      | PHO-001 | 399.00   | 83 %  | 83 %   | A     |
      | SAW-001 | 49.00    | 10 %  | 94 %   | B     |
      | HAM-001 | 29.80    | 6 %   | 100 %  | B     |
      | CAB-001 | 0.89     | 0 %   | 100 %  | C     |
    When I ask for the report "abc-classes"
      | period  |
      | 2026-02 |
    Then the report is empty
