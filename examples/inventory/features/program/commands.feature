Feature: The program has a command for each action

  Scenario Outline: A command prints its result
    When I run inventory <command>
    Then it prints: <result>

    Examples:
      | command                                    | result                        |
      | add-product box1 Box tools 2.50 --grams 80 | BOX-001 created               |
      | show-product pho1                          | PHO-001 Telephone: 399.00 EUR |
      | add-customer Ann Ann@Example.com de        | ann@example.com registered    |
      | receive HAM-001 5                          | HAM-001 in MAIN: 5            |
      | receive HAM-001 250                        | HAM-001 in MAIN: 250          |
      | receive SAW-001 5                          | SAW-001 in MAIN: 5            |
      | receive SAW-001 250                        | SAW-001 in MAIN: 250          |
      | receive MIL-001 5                          | MIL-001 in MAIN: 5            |
      | receive MIL-001 250                        | MIL-001 in MAIN: 250          |
      | receive COF-001 5                          | COF-001 in MAIN: 5            |
      | receive COF-001 250                        | COF-001 in MAIN: 250          |
      | receive PHO-001 5                          | PHO-001 in MAIN: 5            |
      | receive PHO-001 250                        | PHO-001 in MAIN: 250          |
      | receive CAB-001 5                          | CAB-001 in MAIN: 5            |
      | receive CAB-001 250                        | CAB-001 in MAIN: 250          |
      | receive HAM-001 1 --warehouse nord         | HAM-001 in NORD: 1            |
      | receive HAM-001 70 --warehouse nord        | HAM-001 in NORD: 70           |
      | receive SAW-001 1 --warehouse nord         | SAW-001 in NORD: 1            |
      | receive SAW-001 70 --warehouse nord        | SAW-001 in NORD: 70           |
      | receive MIL-001 1 --warehouse nord         | MIL-001 in NORD: 1            |
      | receive MIL-001 70 --warehouse nord        | MIL-001 in NORD: 70           |
      | receive COF-001 1 --warehouse nord         | COF-001 in NORD: 1            |
      | receive COF-001 70 --warehouse nord        | COF-001 in NORD: 70           |
      | receive PHO-001 1 --warehouse nord         | PHO-001 in NORD: 1            |
      | receive PHO-001 70 --warehouse nord        | PHO-001 in NORD: 70           |
      | receive CAB-001 1 --warehouse nord         | CAB-001 in NORD: 1            |
      | receive CAB-001 70 --warehouse nord        | CAB-001 in NORD: 70           |

  Scenario: An order is placed, allocated and shipped
    Given the example shop
    When I run inventory place ada@example.com HAM-001=2 SAW-001=1
    Then it prints: SO-000001: 70.45 EUR
    When I run inventory allocate so-000001
    Then it prints: SO-000001 allocated, 0 missing
    When I run inventory ship SO-000001
    Then it prints: SO-000001 shipped
    When I run inventory show-product HAM-001
    Then it prints
      """
      HAM-001 Claw hammer: 14.90 EUR
      2026-03-02 MAIN receipt +100
      2026-03-02 NORD receipt +40
      2026-03-02 MAIN shipment -2 SO-000001
      """

  Scenario Outline: An order is placed and cancelled
    Given the example shop
    When I run inventory place <email> <items>
    Then it prints: SO-000001: <total>
    When I run inventory cancel SO-000001
    Then it prints: SO-000001 cancelled

    Examples:
      | email           | items               | total      |
      | ada@example.com | HAM-001=1 SAW-001=1 | 52.72 EUR  |
      | ada@example.com | MIL-001=2 COF-001=1 | 34.06 EUR  |
      | ada@example.com | PHO-001=1 CAB-001=3 | 477.99 EUR |
      | ada@example.com | CAB-001=4 MIL-001=2 | 19.09 EUR  |
      | ada@example.com | SAW-001=3 COF-001=1 | 117.27 EUR |
      | ada@example.com | HAM-001=1 MIL-001=2 | 32.58 EUR  |
      | ada@example.com | HAM-001=6 SAW-001=6 | 281.32 EUR |
      | ada@example.com | CAB-001=7 HAM-001=1 | 30.97 EUR  |
      | tom@example.com | HAM-001=1 SAW-001=1 | 54.43 EUR  |
      | tom@example.com | MIL-001=2 COF-001=1 | 39.59 EUR  |
      | tom@example.com | PHO-001=1 CAB-001=3 | 433.80 EUR |
      | tom@example.com | CAB-001=4 MIL-001=2 | 25.66 EUR  |
      | tom@example.com | SAW-001=3 COF-001=1 | 115.03 EUR |
      | tom@example.com | HAM-001=1 MIL-001=2 | 37.91 EUR  |
      | tom@example.com | HAM-001=6 SAW-001=6 | 255.31 EUR |
      | tom@example.com | CAB-001=7 HAM-001=1 | 34.70 EUR  |
      | eve@example.com | HAM-001=1 SAW-001=1 | 52.10 EUR  |
      | eve@example.com | MIL-001=2 COF-001=1 | 42.38 EUR  |
      | eve@example.com | PHO-001=1 CAB-001=3 | 385.61 EUR |
      | eve@example.com | CAB-001=4 MIL-001=2 | 30.65 EUR  |
      | eve@example.com | SAW-001=3 COF-001=1 | 109.59 EUR |
      | eve@example.com | HAM-001=1 MIL-001=2 | 41.53 EUR  |
      | eve@example.com | HAM-001=6 SAW-001=6 | 250.82 EUR |
      | eve@example.com | CAB-001=7 HAM-001=1 | 34.56 EUR  |

  Scenario Outline: Goods are transferred
    Given the example shop
    When I run inventory transfer <sku> <quantity> NORD
    Then it prints: <sku> in NORD: <total>

    Examples:
      | sku     | quantity | total |
      | HAM-001 | 1        | 41    |
      | HAM-001 | 40       | 80    |
      | HAM-001 | 100      | 140   |
      | SAW-001 | 1        | 41    |
      | SAW-001 | 40       | 80    |
      | SAW-001 | 100      | 140   |
      | MIL-001 | 1        | 41    |
      | MIL-001 | 40       | 80    |
      | MIL-001 | 100      | 140   |
      | COF-001 | 1        | 41    |
      | COF-001 | 40       | 80    |
      | COF-001 | 100      | 140   |
      | PHO-001 | 1        | 41    |
      | PHO-001 | 40       | 80    |
      | PHO-001 | 100      | 140   |
      | CAB-001 | 1        | 41    |
      | CAB-001 | 40       | 80    |
      | CAB-001 | 100      | 140   |
