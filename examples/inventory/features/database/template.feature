Feature: Each scenario has its own copy of the template

  Scenario Outline: The migrations insert rows
    Then the table <table> has <count> rows
    And the template has <count> rows in the table <table>

    Examples:
      | table             | count |
      | category          | 3     |
      | product           | 6     |
      | warehouse         | 2     |
      | tax_rate          | 6     |
      | shipping_rate     | 7     |
      | customer_group    | 3     |
      | quantity_discount | 3     |
      | number_sequence   | 1     |
      | customer          | 0     |
      | customer_order    | 0     |
      | order_line        | 0     |
      | stock_level       | 0     |
      | movement          | 0     |

  Scenario: A scenario does not change the template
    Given the example shop
    Then the table customer has 3 rows
    And the template has 0 rows in the table customer

  Scenario: The models match the migrations
    Then the models need no further revision
