Feature: The stock on the command line

  Scenario: Goods are received, put away, moved and corrected
    When I type stock receive ham-001 20 --cost 7.00
    And I type stock put-away HAM-001 15
    Then it prints
      """
      15 to A-01
      """
    When I type stock move HAM-001 4 a-01 p-01
    Then it prints
      """
      4 x HAM-001 from A-01 to P-01
      """
    When I type stock adjust HAM-001 RECV -2 --reason "fell down"
    Then it prints
      """
      HAM-001 in RECV: -2
      """
    When I type stock show HAM-001
    Then it prints
      """
      HAM-001 in MAIN

      Bin    Kind       Pieces
      -----  ---------  ------
      P-01   picking         4
      A-01   storage        11
      RECV   receiving       3
      -----  ---------  ------
      Total                 18
      available: 18
      """
    When I type stock movements HAM-001
    Then it prints
      """
      Movements of HAM-001 in MAIN

      Day         Kind        Bin   Pieces  Reference
      ----------  ----------  ----  ------  ---------
      2026-03-02  receipt     RECV      20
      2026-03-02  relocation  RECV     -15  A-01
      2026-03-02  relocation  A-01      15  RECV
      2026-03-02  relocation  A-01      -4  P-01
      2026-03-02  relocation  P-01       4  A-01
      2026-03-02  adjustment  RECV      -2  fell down
      """
    When I type stock check
    Then it prints
      """
      Discrepancies

      SKU  Bin  Level  Movements
      ---  ---  -----  ---------
      nothing
      """

  Scenario: Lots and serial numbers are received
    When I type --warehouse nord stock receive MIL-001 12 --cost 0.80 --lot L1
    Then it prints the line "12 x MIL-001 received"
    And the lots of MIL-001 in NORD are L1 12 2026-08-29
    When I type stock receive PHO-001 2 --cost 200 --serial A1 A2
    Then the PHO-001 in stock have the numbers A1, A2

  Scenario: A rule says when to order more
    When I type stock rule HAM-001 5 20
    Then it prints
      """
      HAM-001: below 5, fill up to 20
      """
    When I type stock rule HAM-001 20 5
    Then the exit code is 5
    And it complains: target must be above the minimum of 20
