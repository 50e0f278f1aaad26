Feature: The program explains its errors

  Scenario Outline: A rejected command ends with exit code 1
    Given the example shop
    When I run inventory <command>
    Then it ends with exit code 1 and the message: inventory: <message>

    Examples:
      | command                                    | message                                             |
      | show-product hammer                        | SKU must look like ABC-123, not 'hammer'            |
      | show-product HAM-999                       | product HAM-999 does not exist                      |
      | add-product HAM-001 Hammer tools 1         | product HAM-001 exists already                      |
      | add-product BOX-001 Box toys 1             | category TOYS does not exist                        |
      | add-product BOX-001 Box tools cheap        | amount must be a number, not 'cheap'                |
      | add-product BOX-001 Box tools 1 --grams -5 | weight must not be negative: -5                     |
      | receive HAM-001 0                          | quantity must be positive, not 0                    |
      | receive HAM-001 1 --warehouse sued         | warehouse SUED does not exist                       |
      | transfer HAM-001 101 NORD                  | HAM-001: 101 requested, 100 available               |
      | add-customer Ada ada@example.com DE        | customer ada@example.com exists already             |
      | add-customer Ann ann@example.com CH        | country must be one of AT, DE, FR, not CH           |
      | place ada@example.com HAM-001              | item must look like SKU=QUANTITY, not 'HAM-001'     |
      | place ada@example.com HAM-001=two          | item must look like SKU=QUANTITY, not 'HAM-001=two' |
      | place ann@example.com HAM-001=1            | customer ann@example.com does not exist             |
      | allocate SO-000009                         | order SO-000009 does not exist                      |
      | ship SO-000009                             | order SO-000009 does not exist                      |
      | cancel so-000009                           | order SO-000009 does not exist                      |

  Scenario: A wrong command line ends with exit code 2
    When I run inventory receive HAM-001 many
    Then it ends with exit code 2 and the message: inventory receive: error: argument quantity: invalid int value: 'many'
