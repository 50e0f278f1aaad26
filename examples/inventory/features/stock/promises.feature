Feature: What is promised is not available any more

  Background:
    Given this stock
      | sku     | count | bin       |
      | HAM-001 | 10    | A-01      |
      | HAM-001 | 4     | QUAR      |
      | HAM-001 | 3     | NORD/P-01 |

  Scenario: Goods in quarantine are there, but nobody may promise them
    Then of HAM-001, MAIN has usable 10, reserved 0, available 10
    And 14 HAM-001 are on hand in MAIN

  Scenario: A promise makes less available, until it is taken back
    When 6 HAM-001 are reserved in MAIN
    Then of HAM-001, MAIN has usable 10, reserved 6, available 4
    When the reservation is released
    Then of HAM-001, MAIN has usable 10, reserved 0, available 10
    And the reservation is released over 6

  Scenario Outline: More than there is, or nothing, cannot be promised
    Given 6 HAM-001 are reserved in MAIN
    When <count> HAM-001 are reserved in MAIN
    Then it is refused: <message>
    And of HAM-001, MAIN has usable 10, reserved 6, available 4

    Examples:
      | count | message                           |
      | 5     | HAM-001: 5 asked for, 4 available |
      | 0     | quantity must be positive, not 0  |

  Scenario: A promise is kept in parts
    Given 6 HAM-001 are reserved in MAIN
    When 2 of the reservation are fulfilled
    Then the reservation is active over 4
    When 4 of the reservation are fulfilled
    Then the reservation is fulfilled over 4
    And of HAM-001, MAIN has usable 10, reserved 0, available 10

  Scenario Outline: A promise is kept once
    Given 6 HAM-001 are reserved in MAIN
    And <count> of the reservation are fulfilled
    When <again> of the reservation are fulfilled
    Then it is refused: <message>

    Examples:
      | count | again | message                                      |
      | 6     | 6     | reservation 1 is fulfilled: cannot fulfil it |
      | 6     | 1     | reservation 1 is fulfilled: cannot fulfil it |
      | 2     | 5     | HAM-001: 5 asked for, 4 available            |
      | 2     | 0     | quantity must be positive, not 0             |

  Scenario: A promise that was kept cannot be taken back
    Given 6 HAM-001 are reserved in MAIN
    And 6 of the reservation are fulfilled
    When the reservation is released
    Then it is refused: reservation 1 is fulfilled: cannot release it
    And the error's state is fulfilled

  Scenario Outline: Promises for a while are forgotten in time
    Given 2 HAM-001 are reserved in MAIN
    And 3 HAM-001 are reserved in MAIN for 30 minutes
    And 4 HAM-001 are reserved in MAIN for 60 minutes
    And <minutes> minutes have passed
    When expired reservations are released
    Then the answer is <count>
    And of HAM-001, MAIN has usable 10, reserved <reserved>, available <available>

    Examples:
      | minutes | count | reserved | available |
      | 29      | 0     | 9        | 1         |
      | 30      | 1     | 6        | 4         |
      | 60      | 2     | 2        | 8         |

  Scenario: What vanishes was not promised to anybody, and never counts below nothing
    Given 8 HAM-001 are reserved in MAIN
    And -5 HAM-001 are corrected in A-01 because of "theft"
    Then of HAM-001, MAIN has usable 5, reserved 8, available 0

  Scenario: Each warehouse in service says what it has
    When I ask where HAM-001 is available
    Then the answer is MAIN 10, NORD 3
    When I ask where SAW-001 is available
    Then the answer is nothing

  Scenario: A bundle is available as often as its products make it
    Given these products
      | sku     |
      | SET-001 |
    And the bundle SET-001 contains HAM-001 x 3, SAW-001 x 1
    Then of SET-001, MAIN has usable 0, reserved 0, available 0
    Given this stock
      | sku     | count |
      | SAW-001 | 20    |
    Then of SET-001, MAIN has usable 0, reserved 0, available 3
    Given 2 HAM-001 are reserved in MAIN
    Then of SET-001, MAIN has usable 0, reserved 0, available 2
    When 1 SET-001 are reserved in MAIN
    Then it is refused: product SET-001 is a bundle: reserve what it contains
