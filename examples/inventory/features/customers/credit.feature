Feature: The credit limit bounds the unpaid orders of a customer

  Background:
    Given the example shop

  Scenario Outline: An order up to the limit is placed
    Given the credit limit of <email> is <limit> EUR
    When <email> orders <items> from MAIN
    Then the total of the order is <cents> cents
    And the unpaid orders of <email> amount to <cents> cents

    Examples:
      | email           | items      | limit  | cents |
      | ada@example.com | 1 HAM-001  | 23.56  | 2356  |
      | ada@example.com | 2 SAW-001  | 64.14  | 6414  |
      | ada@example.com | 5 COF-001  | 106.62 | 10662 |
      | ada@example.com | 1 PHO-001  | 474.81 | 47481 |
      | ada@example.com | 9 CAB-001  | 15.36  | 1536  |
      | ada@example.com | 3 MIL-001  | 16.98  | 1698  |
      | ada@example.com | 4 HAM-001  | 81.51  | 8151  |
      | ada@example.com | 10 CAB-001 | 16.10  | 1610  |
      | tom@example.com | 1 HAM-001  | 27.97  | 2797  |
      | tom@example.com | 2 SAW-001  | 64.80  | 6480  |
      | tom@example.com | 5 COF-001  | 106.73 | 10673 |
      | tom@example.com | 1 PHO-001  | 430.92 | 43092 |
      | tom@example.com | 9 CAB-001  | 20.53  | 2053  |
      | tom@example.com | 3 MIL-001  | 23.79  | 2379  |
      | tom@example.com | 4 HAM-001  | 82.25  | 8225  |
      | tom@example.com | 10 CAB-001 | 21.17  | 2117  |
      | eve@example.com | 1 HAM-001  | 28.58  | 2858  |
      | eve@example.com | 2 SAW-001  | 61.32  | 6132  |
      | eve@example.com | 5 COF-001  | 99.63  | 9963  |
      | eve@example.com | 1 PHO-001  | 383.04 | 38304 |
      | eve@example.com | 9 CAB-001  | 21.97  | 2197  |
      | eve@example.com | 3 MIL-001  | 28.92  | 2892  |
      | eve@example.com | 4 HAM-001  | 81.10  | 8110  |
      | eve@example.com | 10 CAB-001 | 22.50  | 2250  |

  Scenario Outline: An order above the limit is rejected
    Given the credit limit of <email> is <limit> EUR
    When <email> orders <items> from MAIN
    Then it fails: the order exceeds the credit limit of <email> by <excess> cents
    And the unpaid orders of <email> amount to 0 cents

    Examples:
      | email           | items      | limit  | excess |
      | ada@example.com | 1 HAM-001  | 23.55  | 1      |
      | ada@example.com | 2 SAW-001  | 63.14  | 100    |
      | ada@example.com | 5 COF-001  | 0.05   | 10657  |
      | ada@example.com | 1 PHO-001  | 474.80 | 1      |
      | ada@example.com | 9 CAB-001  | 14.36  | 100    |
      | ada@example.com | 3 MIL-001  | 0.05   | 1693   |
      | ada@example.com | 4 HAM-001  | 81.50  | 1      |
      | ada@example.com | 10 CAB-001 | 15.10  | 100    |
      | tom@example.com | 1 HAM-001  | 0.05   | 2792   |
      | tom@example.com | 2 SAW-001  | 64.79  | 1      |
      | tom@example.com | 5 COF-001  | 105.73 | 100    |
      | tom@example.com | 1 PHO-001  | 0.05   | 43087  |
      | tom@example.com | 9 CAB-001  | 20.52  | 1      |
      | tom@example.com | 3 MIL-001  | 22.79  | 100    |
      | tom@example.com | 4 HAM-001  | 0.05   | 8220   |
      | tom@example.com | 10 CAB-001 | 21.16  | 1      |
      | eve@example.com | 1 HAM-001  | 27.58  | 100    |
      | eve@example.com | 2 SAW-001  | 0.05   | 6127   |
      | eve@example.com | 5 COF-001  | 99.62  | 1      |
      | eve@example.com | 1 PHO-001  | 382.04 | 100    |
      | eve@example.com | 9 CAB-001  | 0.05   | 2192   |
      | eve@example.com | 3 MIL-001  | 28.91  | 1      |
      | eve@example.com | 4 HAM-001  | 80.10  | 100    |
      | eve@example.com | 10 CAB-001 | 0.05   | 2245   |

  Scenario Outline: Unpaid orders count
    Given the credit limit of ada@example.com is 100 EUR
    And ada@example.com orders 2 HAM-001 from MAIN
    When <action>
    And ada@example.com orders 4 SAW-001 from MAIN
    Then it fails: the order exceeds the credit limit of ada@example.com by <excess> cents

    Examples:
      | action                             | excess |
      | the order is allocated             | 6374   |
      | 5 pieces of HAM-001 arrive in MAIN | 6374   |

  Scenario Outline: Cancelled and shipped orders do not count
    Given ada@example.com orders 2 HAM-001 from MAIN
    And the order is allocated
    When the order is <action>
    Then the unpaid orders of ada@example.com amount to 0 cents

    Examples:
      | action    |
      | shipped   |
      | cancelled |

  Scenario Outline: A blocked customer cannot order
    Given the customer <email> is blocked
    When <email> orders 1 <sku> from MAIN
    Then it fails: cannot place an order of <email>: it is blocked

    Examples:
      | email           | sku     |
      | ada@example.com | HAM-001 |
      | ada@example.com | MIL-001 |
      | ada@example.com | PHO-001 |
      | tom@example.com | HAM-001 |
      | tom@example.com | MIL-001 |
      | tom@example.com | PHO-001 |
      | eve@example.com | HAM-001 |
      | eve@example.com | MIL-001 |
      | eve@example.com | PHO-001 |
