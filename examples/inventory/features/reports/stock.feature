Feature: Reports about what lies in the warehouse

  Scenario: What the goods are worth, by both methods
    Given this stock
      | sku     | count | cents |
      | HAM-001 | 10    | 700   |
      | HAM-001 | 10    | 800   |
      | SAW-001 | 4     | 1500  |
      | CAB-001 | 5     | 30    |
    And 15 HAM-001 are issued from MAIN
    And 5 CAB-001 are issued from MAIN
    When I ask for the report "stock-value"
    Then the report is titled "Stock value of MAIN"
    And the report says
      | SKU     | Pieces | FIFO  | Average | Difference |
      | SAW-001 | 4      | 60.00 | 60.00   | 0.00       |
      | HAM-001 | 5      | 40.00 | 37.50   | 2.50       |
    And the totals are
      | SKU   | Pieces | FIFO   | Average | Difference |
      | Total | 9      | 100.00 | 97.50   | 2.50       |
    When I ask for the report "stock-value"
      | warehouse |
      | nord      |
    Then the report is empty

  Scenario: How old the goods are
    Given it is 2025-06-02
    And this stock
      | sku     | count | cents |
      | HAM-001 | 1     | 1000  |
    And it is 2025-11-03
    And this stock
      | sku     | count | cents |
      | HAM-001 | 2     | 1000  |
      | SAW-001 | 1     | 500   |
    And it is 2026-01-30
    And this stock
      | sku     | count | cents |
      | SAW-001 | 2     | 500   |
    And it is 2026-01-31
    And this stock
      | sku     | count | cents |
      | SAW-001 | 4     | 500   |
    And it is 2026-03-02
    When I ask for the report "ageing"
    Then the report is titled "Age of the stock of MAIN on 2026-03-02"
    And the report says
      | SKU     | up to 30 days | 31-90 days | 91-180 days | older | Together |
      | HAM-001 | 0.00          | 0.00       | 20.00       | 10.00 | 30.00    |
      | SAW-001 | 20.00         | 10.00      | 5.00        | 0.00  | 35.00    |
    And the totals are
      | Together | older |
      | 65.00    | 10.00 |

  Scenario: How fast the goods go
    Given it is 2026-02-16
    And this stock
      | sku     | count |
      | HAM-001 | 20    |
      | SAW-001 | 5     |
    And 1 SAW-001 are issued from MAIN
    And it is 2026-03-02
    And 8 HAM-001 are issued from MAIN
    When I ask for the report "stock-turnover"
      | period  |
      | 2026-03 |
    Then the report says
      | SKU     | Issued | Mean stock | Days of supply |
      | HAM-001 | 8      | 16         | 62             |
      | SAW-001 | 0      | 4          | -              |
    When I ask for the report "stock-turnover"
      | period  |
      | 2026-01 |
    Then the report is empty

  Scenario: What nobody wants
    Given it is 2026-01-05
    And this stock
      | sku     | count | cents |
      | HAM-001 | 10    | 700   |
      | SAW-001 | 3     | 500   |
      | CAB-001 | 50    | 30    |
    Given it is 2026-01-10
    And 2 HAM-001 are issued from MAIN
    And it is 2026-05-20
    And 10 CAB-001 are issued from MAIN
    And this stock
      | sku     | count | cents | lot |
      | MIL-001 | 9     | 80    | L1  |
    And it is 2026-06-01
    When I ask for the report "dead-stock"
    Then the report says
      | SKU     | Pieces | Value | Last sold  |
      | HAM-001 | 8      | 56.00 | 2026-01-10 |
      | SAW-001 | 3      | 15.00 | never      |
    And the totals are
      | Pieces | Value |
      | 11     | 71.00 |

  Scenario: What is sold out is not dead
    Given it is 2026-01-05
    And this stock
      | sku     | count |
      | HAM-001 | 10    |
    And 10 HAM-001 are issued from MAIN
    And it is 2026-06-01
    When I ask for the report "dead-stock"
    Then the report is empty

  Scenario: How full the bins are
    Given this stock
      | sku     | count | bin  |
      | HAM-001 | 100   | A-01 |
      | SAW-001 | 25    | A-01 |
      | SAW-001 | 7     | P-01 |
      | CAB-001 | 900   | RECV |
    When I ask for the report "bin-usage"
    Then the report says
      | Bin  | Kind       | Products | Pieces | Capacity | Full |
      | A-01 | storage    | 2        | 125    | 500      | 25 % |
      | P-01 | picking    | 1        | 7      | 100      | 7 %  |
      | QUAR | quarantine | 0        | 0      | -        | -    |
      | RECV | receiving  | 1        | 900    | -        | -    |

  Scenario: What has to be sold soon
    Given it is 2025-09-01
    And this stock
      | sku     | count | lot |
      | MIL-001 | 5     | L1  |
    And it is 2025-09-08
    And this stock
      | sku     | count | lot |
      | MIL-001 | 6     | L2  |
    And it is 2025-09-25
    And this stock
      | sku     | count | lot |
      | MIL-001 | 7     | L3  |
      | COF-001 | 8     | C1  |
    And it is 2026-03-02
    When I ask for the report "expiring-lots"
    Then the report is titled "Lots of MAIN that expire until 2026-04-01"
    And the report says
      | Expires    | SKU     | Lot | Pieces | Days left | Advice             |
      | 2026-02-28 | MIL-001 | L1  | 5      | -2        | throw away         |
      | 2026-03-07 | MIL-001 | L2  | 6      | 5         | sell at half price |
      | 2026-03-24 | MIL-001 | L3  | 7      | 22        | sell first         |
