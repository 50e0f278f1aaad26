Feature: Products on the command line

  Scenario: A product is added and shown
    When I type product add pli-001 "Long pliers" --category tools --weight "0.35 kg"
    Then it prints
      """
      PLI-001 created
      """
    When I type product barcode PLI-001 4006381333931
    Then it prints
      """
      04006381333931 is 1 x PLI-001
      """
    When I type product show pli-001
    Then it prints
      """
      PLI-001 Long pliers
      category: Tools
      weight: 350 g
      tracking: none
      barcode: 04006381333931
      """

  Scenario Outline: Weights are written in the largest unit that fits
    When I type product add PLI-001 Pliers --category TOOLS --weight "<weight>"
    And I type product show PLI-001
    Then it prints the line "weight: <shown>"

    Examples:
      | weight | shown  |
      | 999 g  | 999 g  |
      | 1000g  | 1 kg   |
      | 1.5 KG | 1.5 kg |
      | 2.25 t | 2.25 t |
      | 0 g    | 0 g    |

  Scenario Outline: Weights that make no sense are refused
    When I type product add PLI-001 Pliers --category TOOLS --weight "<weight>"
    Then the exit code is 5
    And it complains: <complaint>

    Examples:
      | weight   | complaint                                     |
      | heavy    | weight must look like 1.5 kg, not 'heavy'     |
      | 1.5      | weight must look like 1.5 kg, not '1.5'       |
      | 1.0005 kg | weight must be whole grams, not '1.0005 kg'  |

  Scenario: Products are found by words
    When I type product list hand
    Then it prints
      """
      Products

      SKU      Name      Category  Grams
      -------  --------  --------  -----
      SAW-001  Hand saw  Tools       450
      """
    When I type product list hammer --format csv
    Then it prints
      """
      SKU,Name,Category,Grams
      HAM-001,Claw hammer,Tools,600
      """

  Scenario: A pack is scanned
    Given the barcode "4006381333931" is assigned to a pack of 6 HAM-001
    When I type product scan 4006381333931
    Then it prints
      """
      6 x HAM-001 Claw hammer
      """

  Scenario: A product leaves the catalogue and comes back
    When I type product discontinue HAM-001
    And I type product show HAM-001
    Then it prints the line "HAM-001 Claw hammer (discontinued)"
    When I type product reinstate HAM-001
    And I type product show HAM-001
    Then it prints the line "HAM-001 Claw hammer"

  Scenario: A margin is left above what the last pieces have cost
    Given 5 HAM-001 are received in A-01 at 13.00
    When I type price set HAM-001 13.50
    Then the exit code is 1
    And it complains: 1350 cents leave less than 8 % above a cost of 1300
    When I type price set HAM-001 18.00
    Then it prints
      """
      HAM-001: 18.00 EUR from 1 on
      """
    When I type price set HAM-001 20.23 --gross --minimum 10
    Then it prints
      """
      HAM-001: 17.00 EUR from 10 on
      """
    When I type price show HAM-001
    Then it prints
      """
      HAM-001 in RETAIL

      From  Price
      ----  -----
         1  18.00
        10  17.00
      """

  Scenario: Without a known cost, any price will do
    When I type price set HAM-001 0.01
    Then it prints
      """
      HAM-001: 0.01 EUR from 1 on
      """

  Scenario Outline: A price is suggested
    Given 5 HAM-001 are received in A-01 at <cost>
    When I type price suggest HAM-001 --margin <margin> <options>
    Then it prints the line "HAM-001: cost <cost> EUR, <suggestion>"

    Examples:
      | cost | margin | options            | suggestion                  |
      | 7.00 | 30     |                    | price 10.00 EUR, margin 30 % |
      | 7.00 | 30     | --charming         | price 10.99 EUR, margin 36 % |
      | 7.13 | 30     | --step 5           | price 10.20 EUR, margin 30 % |
      | 0.00 | 30     |                    | price 0.00 EUR              |
