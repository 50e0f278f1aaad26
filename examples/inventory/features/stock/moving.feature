Feature: Goods are carried from bin to bin

  Background:
    Given MAIN gets the storage bin "A-02" for 100 pieces
    And 60 HAM-001 are received in RECV at 9.00

  Scenario: Carrying changes neither the quantity nor the value of a warehouse
    When 20 HAM-001 are carried from RECV to P-01
    Then the bin RECV holds HAM-001 40
    And the bin P-01 holds HAM-001 20
    And 60 HAM-001 are on hand in MAIN
    And HAM-001 in MAIN is valued at
      | quantity | fifo cents | average cents |
      | 60       | 54000      | 54000         |
    And the movements of HAM-001 in MAIN are
      | kind       | quantity | bin  | reference | unit cost cents |
      | receipt    | 60       | RECV | test      | 900             |
      | relocation | -20      | RECV | P-01      | nothing         |
      | relocation | 20       | P-01 | RECV      | nothing         |

  Scenario Outline: What cannot be carried stays where it is
    When <count> HAM-001 are carried from <source> to <target>
    Then it is refused: <message>
    And the bin RECV holds HAM-001 60

    Examples:
      | count | source | target    | message                                          |
      | 61    | RECV   | A-01      | HAM-001: 61 asked for, 60 available              |
      | 1     | A-01   | P-01      | HAM-001: 1 asked for, 0 available                |
      | 0     | RECV   | A-01      | quantity must be positive, not 0                 |
      | 1     | RECV   | RECV      | target must be another bin of the same warehouse |
      | 1     | RECV   | NORD/A-01 | target must be another bin of the same warehouse |

  Scenario: A bin that is too full refuses all
    Given 90 SAW-001 are received in P-01 at 12.00
    When 11 HAM-001 are carried from RECV to P-01
    Then it is refused: bin P-01 has space for 10 more, not for 11
    And the bin RECV holds HAM-001 60

  Scenario Outline: Goods are put away into as few bins as possible
    When I ask where <count> CAB-001 would be put away in MAIN
    Then the answer is <plan>

    Examples:
      | count | plan               |
      | 1     | A-01 1             |
      | 500   | A-01 500           |
      | 600   | A-01 500, A-02 100 |

  Scenario: Goods are put away to their like first
    Given 10 HAM-001 are carried from RECV to A-02
    When I ask where 95 HAM-001 would be put away in MAIN
    Then the answer is A-02 90, A-01 5
    When 50 HAM-001 are put away from RECV
    Then the answer is A-02 50
    And the bin A-02 holds HAM-001 60
    And the bin RECV holds nothing

  Scenario: A bin without a limit is the emptiest one
    Given MAIN gets the unlimited storage bin "Z-99"
    When I ask where 600 HAM-001 would be put away in MAIN
    Then the answer is Z-99 600

  Scenario Outline: What does not fit is not put away
    When I ask where <count> HAM-001 would be put away in MAIN
    Then it is refused: <message>

    Examples:
      | count | message                                        |
      | 601   | no bin of MAIN has space for the last 1 pieces |
      | 0     | quantity must be positive, not 0               |
      | -5    | quantity must be positive, not -5              |

  Scenario: Full bins are passed over
    Given 100 SAW-001 are received in A-02 at 12.00
    When I ask where 501 HAM-001 would be put away in MAIN
    Then it is refused: no bin of MAIN has space for the last 1 pieces

  Scenario: More cannot be put away than came in
    When 61 HAM-001 are put away from RECV
    Then it is refused: HAM-001: 61 asked for, 60 available
    And the bin A-01 holds nothing
