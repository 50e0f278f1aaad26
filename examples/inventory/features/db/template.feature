Feature: Every scenario has a database of its own, cloned from the template

  Scenario Outline: What a new database begins with
    Then there are <count> rows in <table>

    Examples:
      | table           | count |
      | warehouse       | 2     |
      | bin             | 8     |
      | category        | 3     |
      | product         | 6     |
      | price           | 6     |
      | price_list      | 1     |
      | tax_rate        | 6     |
      | exchange_rate   | 3     |
      | shipping_rate   | 6     |
      | number_sequence | 5     |
      | customer_group  | 2     |
      | customer        | 0     |
      | movement        | 0     |
      | customer_order  | 0     |

  Scenario: What a scenario writes stays in its clone
    Given the customer ada@example.com
    Then there are 1 rows in customer
    And the template still has 0 rows in customer

  Scenario: No scenario sees what another one wrote
    Then there are 0 rows in customer

  Scenario: The template can be built without its history
    When a database is built without its history
    Then it contains what the template contains

  Scenario: The template can be built again
    When a database is built with its history
    Then it contains what the template contains

  Scenario: What the revisions make is what the models want
    Then the models need no further revision

  Scenario: Only an empty database is seeded
    When the database is seeded once more
    Then the answer is UNIQUE constraint failed
