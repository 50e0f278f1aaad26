Feature: Reports and the audit trail on the command line

  Scenario Outline: Reports are printed in several forms
    Given 20 HAM-001 are received in A-01 at 7.00
    When I type report stock-value --format <form>
    Then it prints the line "<line>"

    Examples:
      | form     | line                                     |
      | text     | HAM-001      20  140.00   140.00        0.00 |
      | markdown | \| HAM-001 \| 20 \| 140.00 \| 140.00 \| 0.00 \| |
      | csv      | HAM-001,20,140.00,140.00,0.00            |
      | json     | "title": "Stock value of MAIN",          |

  Scenario: Reports are about a warehouse and a period
    Given 20 HAM-001 are received in NORD/A-01 at 7.00
    When I type --warehouse nord report stock-turnover --period 2026-Q1
    Then it prints
      """
      Stock turnover of NORD in 2026-Q1

      SKU      Issued  Mean stock  Days of supply
      -------  ------  ----------  --------------
      HAM-001       0          10               -
      """

  Scenario: Who did what to a record is known
    Given I type --actor ada stock receive HAM-001 5 --cost 7.00
    And it is 2026-03-03
    And I type --actor bob stock adjust HAM-001 RECV -1 --reason "fell down"
    And I type --actor bob customer add Eva eva@example.com
    When I type log of product HAM-001
    Then it prints
      """
      History of product HAM-001

      Day         Who  What     Record           Detail
      ----------  ---  -------  ---------------  ---------------------
      2026-03-03  bob  adjust   product HAM-001  -1 in RECV: fell down
      2026-03-02  ada  receive  product HAM-001  5 at 7.00 EUR
      """
    When I type log by bob
    Then it prints
      """
      What bob did on 2026-03-03

      Day         Who  What      Record                    Detail
      ----------  ---  --------  ------------------------  ---------------------
      2026-03-03  bob  adjust    product HAM-001           -1 in RECV: fell down
      2026-03-03  bob  register  customer eva@example.com  Eva
      """
    When I type log by ada
    Then it prints the line "nothing"

  Scenario: Nobody does nothing
    When I type --actor " " stock receive HAM-001 5 --cost 7.00
    Then the exit code is 5
    And it complains: actor must not be empty
    And 0 HAM-001 are on hand in MAIN

  Scenario: A long story is cut
    When I type supplier add LONG "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" x@long.test
    And I write down a detail of 250 characters about supplier LONG
    Then the audit trail of supplier LONG begins with details of 200, 80 characters

  Scenario: Requests are served over the network
    When I serve two requests over the network, for /health and /products/HAM-001
    Then the answer is 200, 200
