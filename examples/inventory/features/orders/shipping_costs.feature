Feature: A parcel has a cost that depends on its weight and country

  Background:
    Given the example shop

  Scenario Outline: The parcel costs nothing from 200 EUR of goods
    When <email> orders <items> from MAIN
    Then the shipping of the order is <shipping> cents
    And the tax of the order is <tax> cents

    Examples:
      | email           | items                | shipping | tax  |
      | ada@example.com | 1 CAB-001            | 490      | 110  |
      | ada@example.com | 1 MIL-001            | 490      | 107  |
      | ada@example.com | 2 MIL-001            | 890      | 197  |
      | ada@example.com | 9 MIL-001            | 890      | 294  |
      | ada@example.com | 2 COF-001            | 490      | 344  |
      | ada@example.com | 3 HAM-001            | 490      | 942  |
      | ada@example.com | 4 HAM-001            | 890      | 1301 |
      | ada@example.com | 2 SAW-001            | 490      | 1024 |
      | ada@example.com | 5 SAW-001            | 890      | 2497 |
      | ada@example.com | 8 SAW-001            | 890      | 3893 |
      | ada@example.com | 10 COF-001           | 890      | 1388 |
      | ada@example.com | 8 COF-001, 1 MIL-001 | 890      | 1188 |
      | ada@example.com | 7 HAM-001, 4 CAB-001 | 890      | 2219 |
      | ada@example.com | 50 CAB-001           | 490      | 896  |
      | ada@example.com | 13 HAM-001           | 890      | 3739 |
      | ada@example.com | 20 HAM-001           | 0        | 5492 |
      | ada@example.com | 1 PHO-001            | 0        | 7581 |
      | tom@example.com | 1 CAB-001            | 990      | 214  |
      | tom@example.com | 1 MIL-001            | 990      | 216  |
      | tom@example.com | 2 MIL-001            | 1490     | 334  |
      | tom@example.com | 9 MIL-001            | 1490     | 459  |
      | tom@example.com | 2 COF-001            | 990      | 521  |
      | tom@example.com | 3 HAM-001            | 990      | 1003 |
      | tom@example.com | 4 HAM-001            | 1490     | 1371 |
      | tom@example.com | 2 SAW-001            | 990      | 1080 |
      | tom@example.com | 5 SAW-001            | 1490     | 2503 |
      | tom@example.com | 8 SAW-001            | 1490     | 3826 |
      | tom@example.com | 10 COF-001           | 1490     | 1860 |
      | tom@example.com | 8 COF-001, 1 MIL-001 | 1490     | 1608 |
      | tom@example.com | 7 HAM-001, 4 CAB-001 | 1490     | 2239 |
      | tom@example.com | 50 CAB-001           | 990      | 954  |
      | tom@example.com | 13 HAM-001           | 1490     | 3668 |
      | tom@example.com | 20 HAM-001           | 0        | 5185 |
      | tom@example.com | 1 PHO-001            | 0        | 7182 |
      | eve@example.com | 1 CAB-001            | 1190     | 252  |
      | eve@example.com | 1 MIL-001            | 1190     | 247  |
      | eve@example.com | 2 MIL-001            | 1990     | 415  |
      | eve@example.com | 9 MIL-001            | 1990     | 477  |
      | eve@example.com | 2 COF-001            | 1190     | 396  |
      | eve@example.com | 3 HAM-001            | 1190     | 953  |
      | eve@example.com | 4 HAM-001            | 1990     | 1352 |
      | eve@example.com | 2 SAW-001            | 1190     | 1022 |
      | eve@example.com | 5 SAW-001            | 1990     | 2358 |
      | eve@example.com | 8 SAW-001            | 1990     | 3534 |
      | eve@example.com | 10 COF-001           | 1990     | 1158 |
      | eve@example.com | 8 COF-001, 1 MIL-001 | 1990     | 1039 |
      | eve@example.com | 7 HAM-001, 4 CAB-001 | 1990     | 2124 |
      | eve@example.com | 50 CAB-001           | 1190     | 905  |
      | eve@example.com | 13 HAM-001           | 1990     | 3381 |
      | eve@example.com | 20 HAM-001           | 0        | 4589 |
      | eve@example.com | 1 PHO-001            | 0        | 6384 |

  Scenario Outline: A parcel that is too heavy is rejected
    When <email> orders <items> from MAIN
    Then it fails: weight of a parcel to <country> is too high: <grams> g

    Examples:
      | email           | items                | country | grams |
      | tom@example.com | 10 MIL-001           | AT      | 10500 |
      | tom@example.com | 30 MIL-001           | AT      | 31500 |
      | eve@example.com | 10 MIL-001           | FR      | 10500 |
      | eve@example.com | 11 COF-001           | FR      | 11000 |
      | ada@example.com | 31 MIL-001           | DE      | 32550 |
      | ada@example.com | 80 MIL-001           | DE      | 84000 |
      | tom@example.com | 9 MIL-001, 1 HAM-001 | AT      | 10050 |
      | eve@example.com | 9 COF-001, 3 SAW-001 | FR      | 10350 |
