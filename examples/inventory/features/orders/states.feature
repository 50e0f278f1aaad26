Feature: An order goes its way from state to state

  Scenario Outline: The ways from each state
    Given the customer ada@example.com
    And ada@example.com orders HAM-001 x 1
    And the order is marked as <state>
    When I ask what the order can become
    Then the answer is <states>

    Examples:
      | state          | states                                                     |
      | placed         | placed, allocated, backordered, cancelled                  |
      | backordered    | allocated, backordered, partly-shipped, shipped, cancelled |
      | allocated      | allocated, partly-shipped, shipped, cancelled              |
      | partly-shipped | partly-shipped, shipped                                    |
      | shipped        | shipped                                                    |
      | cancelled      | cancelled                                                  |
