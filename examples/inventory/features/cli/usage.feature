Feature: The command line says why it did nothing

  Scenario Outline: Each reason has an exit code
    Given the customer ada@example.com
    And ada@example.com is blocked
    When I type <command>
    Then the exit code is <code>
    And it complains: <complaint>

    Examples:
      | command                                    | code | complaint                                             |
      | product show HAM-999                       | 4    | no product HAM-999                                    |
      | product show hammer                        | 5    | sku must look like AB-123, not 'hammer'               |
      | customer add Ada ada@example.com           | 6    | customer ada@example.com exists already               |
      | order place ada@example.com HAM-001        | 1    | ada@example.com is blocked                            |
      | order show SO-000001                       | 4    | no order SO-000001                                    |
      | stock move HAM-001 3 RECV A-01             | 6    | HAM-001: 3 asked for, 0 available                     |
      | --warehouse south stock show HAM-001       | 4    | no warehouse SOUTH                                    |
      | stock show                                 | 2    | the following arguments are required: sku             |
      | stock receive HAM-001 3 --cost cheap       | 2    | argument --cost: must look like 14.90, not 'cheap'    |
      | order place a@b.test HAM-001=many          | 2    | argument SKU=QUANTITY: must look like HAM-001=3, not 'HAM-001=many' |
      | order ship SO-000001 --serial A17          | 2    | argument --serial: must look like PHO-001=A17, not 'A17' |
      | --at yesterday stock check                 | 2    | argument --at: must look like 2026-03-02T09:00:00+00:00, not 'yesterday' |
      | --at 2026-03-02T09:00:00 stock check       | 2    | argument --at: must look like 2026-03-02T09:00:00+00:00, not '2026-03-02T09:00:00' |

  Scenario: Who does not know how, is told
    When I run inventory stock
    Then the exit code is 2
    And it complains: the following arguments are required: COMMAND

  Scenario: Help is no error
    When I run inventory --help
    Then the exit code is 0
    And it prints the line "The inventory of a wholesaler."

  Scenario: Without a database nothing can be done
    When I run inventory --database /nowhere/inventory.db stock check
    Then the exit code is 3
    And it complains: no database /nowhere/inventory.db

  Scenario: All of a command is done, or nothing
    Given these suppliers
      | code | days |
      | ACME | 3    |
    When I type supplier offer ACME HAM-001 7.00 --pack 0
    Then the exit code is 5
    And there are 0 rows in supplier_product

  Scenario: Without another time, it is now
    When I type the following, without saying when: stock receive HAM-001 3 --cost 7.00
    Then it prints the line "3 x HAM-001 received"
    And it was written down with the present time
