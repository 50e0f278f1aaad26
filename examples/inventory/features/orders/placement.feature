Feature: Customers place orders

  Background:
    Given the example shop

  Scenario Outline: An order of one product has a price
    When <email> orders <items> from MAIN
    Then the goods of the order is <goods> cents
    And the discount of the order is <discount> cents
    And the shipping of the order is <shipping> cents
    And the tax of the order is <tax> cents
    And the total of the order is <total> cents

    Examples:
      | email           | items     | goods  | discount | shipping | tax   | total  |
      | ada@example.com | 1 HAM-001 | 1490   | 0        | 490      | 376   | 2356   |
      | ada@example.com | 2 HAM-001 | 2980   | 0        | 490      | 659   | 4129   |
      | ada@example.com | 5 HAM-001 | 7450   | 0        | 890      | 1585  | 9925   |
      | ada@example.com | 1 SAW-001 | 2450   | 0        | 490      | 559   | 3499   |
      | ada@example.com | 2 SAW-001 | 4900   | 0        | 490      | 1024  | 6414   |
      | ada@example.com | 5 SAW-001 | 12250  | 0        | 890      | 2497  | 15637  |
      | ada@example.com | 1 MIL-001 | 199    | 0        | 490      | 107   | 796    |
      | ada@example.com | 2 MIL-001 | 398    | 0        | 890      | 197   | 1485   |
      | ada@example.com | 5 MIL-001 | 995    | 0        | 890      | 239   | 2124   |
      | ada@example.com | 1 COF-001 | 1795   | 0        | 490      | 219   | 2504   |
      | ada@example.com | 2 COF-001 | 3590   | 0        | 490      | 344   | 4424   |
      | ada@example.com | 5 COF-001 | 8975   | 0        | 890      | 797   | 10662  |
      | ada@example.com | 1 PHO-001 | 39900  | 0        | 0        | 7581  | 47481  |
      | ada@example.com | 2 PHO-001 | 79800  | 0        | 0        | 15162 | 94962  |
      | ada@example.com | 5 PHO-001 | 199500 | 0        | 0        | 37905 | 237405 |
      | ada@example.com | 1 CAB-001 | 89     | 0        | 490      | 110   | 689    |
      | ada@example.com | 2 CAB-001 | 178    | 0        | 490      | 127   | 795    |
      | ada@example.com | 5 CAB-001 | 445    | 0        | 490      | 178   | 1113   |
      | tom@example.com | 1 HAM-001 | 1490   | 149      | 990      | 466   | 2797   |
      | tom@example.com | 2 HAM-001 | 2980   | 298      | 990      | 734   | 4406   |
      | tom@example.com | 5 HAM-001 | 7450   | 745      | 1490     | 1639  | 9834   |
      | tom@example.com | 1 SAW-001 | 2450   | 245      | 990      | 639   | 3834   |
      | tom@example.com | 2 SAW-001 | 4900   | 490      | 990      | 1080  | 6480   |
      | tom@example.com | 5 SAW-001 | 12250  | 1225     | 1490     | 2503  | 15018  |
      | tom@example.com | 1 MIL-001 | 199    | 20       | 990      | 216   | 1385   |
      | tom@example.com | 2 MIL-001 | 398    | 40       | 1490     | 334   | 2182   |
      | tom@example.com | 5 MIL-001 | 995    | 100      | 1490     | 388   | 2773   |
      | tom@example.com | 1 COF-001 | 1795   | 180      | 990      | 360   | 2965   |
      | tom@example.com | 2 COF-001 | 3590   | 359      | 990      | 521   | 4742   |
      | tom@example.com | 5 COF-001 | 8975   | 898      | 1490     | 1106  | 10673  |
      | tom@example.com | 1 PHO-001 | 39900  | 3990     | 0        | 7182  | 43092  |
      | tom@example.com | 2 PHO-001 | 79800  | 7980     | 0        | 14364 | 86184  |
      | tom@example.com | 5 PHO-001 | 199500 | 19950    | 0        | 35910 | 215460 |
      | tom@example.com | 1 CAB-001 | 89     | 9        | 990      | 214   | 1284   |
      | tom@example.com | 2 CAB-001 | 178    | 18       | 990      | 230   | 1380   |
      | tom@example.com | 5 CAB-001 | 445    | 45       | 990      | 278   | 1668   |
      | eve@example.com | 1 HAM-001 | 1490   | 298      | 1190     | 476   | 2858   |
      | eve@example.com | 2 HAM-001 | 2980   | 596      | 1190     | 715   | 4289   |
      | eve@example.com | 5 HAM-001 | 7450   | 1490     | 1990     | 1590  | 9540   |
      | eve@example.com | 1 SAW-001 | 2450   | 490      | 1190     | 630   | 3780   |
      | eve@example.com | 2 SAW-001 | 4900   | 980      | 1190     | 1022  | 6132   |
      | eve@example.com | 5 SAW-001 | 12250  | 2450     | 1990     | 2358  | 14148  |
      | eve@example.com | 1 MIL-001 | 199    | 40       | 1190     | 247   | 1596   |
      | eve@example.com | 2 MIL-001 | 398    | 80       | 1990     | 415   | 2723   |
      | eve@example.com | 5 MIL-001 | 995    | 199      | 1990     | 442   | 3228   |
      | eve@example.com | 1 COF-001 | 1795   | 359      | 1190     | 317   | 2943   |
      | eve@example.com | 2 COF-001 | 3590   | 718      | 1190     | 396   | 4458   |
      | eve@example.com | 5 COF-001 | 8975   | 1795     | 1990     | 793   | 9963   |
      | eve@example.com | 1 PHO-001 | 39900  | 7980     | 0        | 6384  | 38304  |
      | eve@example.com | 2 PHO-001 | 79800  | 15960    | 0        | 12768 | 76608  |
      | eve@example.com | 5 PHO-001 | 199500 | 39900    | 0        | 31920 | 191520 |
      | eve@example.com | 1 CAB-001 | 89     | 18       | 1190     | 252   | 1513   |
      | eve@example.com | 2 CAB-001 | 178    | 36       | 1190     | 266   | 1598   |
      | eve@example.com | 5 CAB-001 | 445    | 89       | 1190     | 309   | 1855   |

  Scenario Outline: An order of several products has a price
    When <email> orders <items> from MAIN
    Then the goods of the order is <goods> cents
    And the discount of the order is <discount> cents
    And the shipping of the order is <shipping> cents
    And the tax of the order is <tax> cents
    And the total of the order is <total> cents

    Examples:
      | email           | items                | goods | discount | shipping | tax  | total |
      | ada@example.com | 1 HAM-001, 1 SAW-001 | 3940  | 0        | 490      | 842  | 5272  |
      | ada@example.com | 2 MIL-001, 1 COF-001 | 2193  | 0        | 890      | 323  | 3406  |
      | ada@example.com | 1 PHO-001, 3 CAB-001 | 40167 | 0        | 0        | 7632 | 47799 |
      | ada@example.com | 4 CAB-001, 2 MIL-001 | 754   | 0        | 890      | 265  | 1909  |
      | ada@example.com | 3 SAW-001, 1 COF-001 | 9145  | 0        | 890      | 1692 | 11727 |
      | ada@example.com | 1 HAM-001, 2 MIL-001 | 1888  | 0        | 890      | 480  | 3258  |
      | ada@example.com | 6 HAM-001, 6 SAW-001 | 23640 | 0        | 0        | 4492 | 28132 |
      | ada@example.com | 7 CAB-001, 1 HAM-001 | 2113  | 0        | 490      | 494  | 3097  |
      | tom@example.com | 1 HAM-001, 1 SAW-001 | 3940  | 394      | 990      | 907  | 5443  |
      | tom@example.com | 2 MIL-001, 1 COF-001 | 2193  | 220      | 1490     | 496  | 3959  |
      | tom@example.com | 1 PHO-001, 3 CAB-001 | 40167 | 4017     | 0        | 7230 | 43380 |
      | tom@example.com | 4 CAB-001, 2 MIL-001 | 754   | 76       | 1490     | 398  | 2566  |
      | tom@example.com | 3 SAW-001, 1 COF-001 | 9145  | 915      | 1490     | 1783 | 11503 |
      | tom@example.com | 1 HAM-001, 2 MIL-001 | 1888  | 189      | 1490     | 602  | 3791  |
      | tom@example.com | 6 HAM-001, 6 SAW-001 | 23640 | 2364     | 0        | 4255 | 25531 |
      | tom@example.com | 7 CAB-001, 1 HAM-001 | 2113  | 211      | 990      | 578  | 3470  |
      | eve@example.com | 1 HAM-001, 1 SAW-001 | 3940  | 788      | 1190     | 868  | 5210  |
      | eve@example.com | 2 MIL-001, 1 COF-001 | 2193  | 439      | 1990     | 494  | 4238  |
      | eve@example.com | 1 PHO-001, 3 CAB-001 | 40167 | 8033     | 0        | 6427 | 38561 |
      | eve@example.com | 4 CAB-001, 2 MIL-001 | 754   | 151      | 1990     | 472  | 3065  |
      | eve@example.com | 3 SAW-001, 1 COF-001 | 9145  | 1829     | 1990     | 1653 | 10959 |
      | eve@example.com | 1 HAM-001, 2 MIL-001 | 1888  | 378      | 1990     | 653  | 4153  |
      | eve@example.com | 6 HAM-001, 6 SAW-001 | 23640 | 4728     | 1990     | 4180 | 25082 |
      | eve@example.com | 7 CAB-001, 1 HAM-001 | 2113  | 423      | 1190     | 576  | 3456  |

  Scenario Outline: A wrong order is rejected
    When <email> orders <items> from <warehouse>
    Then it fails: <message>
    And the table customer_order has 0 rows

    Examples:
      | email           | items        | warehouse | message                                            |
      | ada@example.com | nothing      | MAIN      | order must have a product                          |
      | tom@example.com | nothing      | MAIN      | order must have a product                          |
      | eve@example.com | nothing      | MAIN      | order must have a product                          |
      | ada@example.com | 0 HAM-001    | MAIN      | quantity must be positive, not 0                   |
      | ada@example.com | 0 SAW-001    | MAIN      | quantity must be positive, not 0                   |
      | ada@example.com | 0 MIL-001    | MAIN      | quantity must be positive, not 0                   |
      | ada@example.com | 0 COF-001    | MAIN      | quantity must be positive, not 0                   |
      | ada@example.com | 0 PHO-001    | MAIN      | quantity must be positive, not 0                   |
      | ada@example.com | 0 CAB-001    | MAIN      | quantity must be positive, not 0                   |
      | ada@example.com | -1 HAM-001   | MAIN      | quantity must be positive, not -1                  |
      | ada@example.com | -1 SAW-001   | MAIN      | quantity must be positive, not -1                  |
      | ada@example.com | -1 MIL-001   | MAIN      | quantity must be positive, not -1                  |
      | ada@example.com | -1 COF-001   | MAIN      | quantity must be positive, not -1                  |
      | ada@example.com | -1 PHO-001   | MAIN      | quantity must be positive, not -1                  |
      | ada@example.com | -1 CAB-001   | MAIN      | quantity must be positive, not -1                  |
      | ada@example.com | 1001 HAM-001 | MAIN      | quantity of HAM-001 must be at most 1000, not 1001 |
      | ada@example.com | 1001 SAW-001 | MAIN      | quantity of SAW-001 must be at most 1000, not 1001 |
      | ada@example.com | 1001 MIL-001 | MAIN      | quantity of MIL-001 must be at most 1000, not 1001 |
      | ada@example.com | 1001 COF-001 | MAIN      | quantity of COF-001 must be at most 1000, not 1001 |
      | ada@example.com | 1001 PHO-001 | MAIN      | quantity of PHO-001 must be at most 1000, not 1001 |
      | ada@example.com | 1001 CAB-001 | MAIN      | quantity of CAB-001 must be at most 1000, not 1001 |
      | ada@example.com | 1 BOX-001    | MAIN      | product BOX-001 does not exist                     |
      | ada@example.com | 1 hammer     | MAIN      | SKU must look like ABC-123, not 'hammer'           |
      | ann@example.com | 1 HAM-001    | MAIN      | customer ann@example.com does not exist            |
      | ada             | 1 HAM-001    | MAIN      | email must look like name@example.com, not 'ada'   |
      | ada@example.com | 1 HAM-001    | SUED      | warehouse SUED does not exist                      |
