Feature: A bundle consists of other products

  Background:
    Given these products
      | sku     | name        | cents |
      | SET-001 | Starter set | 5000  |
      | SET-002 | Workshop    | 9000  |
    And the bundle SET-001 contains HAM-001 x 1, SAW-001 x 2

  Scenario: A bundle is taken apart
    When I ask what 3 SET-001 consist of
    Then the answer is HAM-001 3, SAW-001 6
    When I ask what 3 CAB-001 consist of
    Then the answer is CAB-001 3

  Scenario: A new definition replaces the old one
    When the bundle SET-001 contains SAW-001 x 1, CAB-001 x 10
    Then the items of the bundle SET-001 are
      | product | quantity |
      | SAW-001 | 1        |
      | CAB-001 | 10       |

  Scenario: Several pieces of one product are a bundle
    When the bundle SET-002 contains HAM-001 x 2
    Then the items of the bundle SET-002 are
      | product | quantity |
      | HAM-001 | 2        |

  Scenario Outline: Not everything can be a bundle
    When the bundle <bundle> contains <contents>
    Then it is refused: <message>

    Examples:
      | bundle  | contents                 | message                                            |
      | SET-002 | HAM-001 x 1              | bundle SET-002 must contain at least two pieces    |
      | SET-002 | HAM-001 x 1, SET-001 x 1 | bundle SET-002 must not contain the bundle SET-001 |
      | SET-002 | SET-002 x 2              | bundle SET-002 must not contain the bundle SET-002 |
      | SET-002 | HAM-001 x 2, SAW-001 x 0 | quantity must be positive, not 0                   |
      | HAM-001 | CAB-001 x 2              | bundle HAM-001 must not be in the bundle SET-001   |

  Scenario Outline: The price is shared in proportion to what the products cost alone
    When the price <price> of SET-001 is shared among its parts
    Then the answer is <shares>

    Examples:
      | price | shares                     |
      | 50.00 | HAM-001 1166, SAW-001 3834 |
      | 63.90 | HAM-001 1490, SAW-001 4900 |
      | 0.01  | HAM-001 0, SAW-001 1       |

  Scenario: What is no bundle has no parts among which a price could be shared
    When the price 50.00 of HAM-001 is shared among its parts
    Then it is refused: weights must have a positive sum

  Scenario: A bundle is never received
    When 1 SET-001 are received in A-01 at 40.00
    Then it is refused: product SET-001 is a bundle: receive what it contains
