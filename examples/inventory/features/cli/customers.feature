Feature: Customers and their orders on the command line

  Scenario: A customer is added and shown
    When I type customer add "Ada Lovelace" Ada@Example.com --group trade
    Then it prints the line "ada@example.com registered"
    When I type customer address ada@example.com "Marktplatz 1" 20095 Hamburg
    Then it prints the line "20095 Hamburg, DE (default)"
    When I type customer address ada@example.com "Am Graben 2" 1010 Wien --country AT
    Then it prints the line "1010 Wien, AT"
    When I type customer show ada@example.com
    Then it prints
      """
      Ada Lovelace <ada@example.com>
      group: Trade customers
      owes: 0.00 EUR
      credit: unlimited
      """

  Scenario: Credit has a limit until it is lifted
    Given the customer ada@example.com
    And ada@example.com orders HAM-001 x 1
    When I type customer limit ada@example.com 500
    Then it prints the line "ada@example.com: 500.00 EUR"
    When I type customer show ada@example.com
    Then it prints the line "owes: 23.56 EUR"
    And it prints the line "credit: 476.44 EUR"
    When I type customer limit ada@example.com
    Then it prints the line "ada@example.com: unlimited"

  Scenario: A customer is blocked and unblocked
    Given the customer ada@example.com
    When I type customer block ada@example.com
    And I type customer show ada@example.com
    Then it prints the line "Ada <ada@example.com> (blocked)"
    When I type customer unblock ada@example.com
    And I type customer show ada@example.com
    Then it prints the line "Ada <ada@example.com>"

  Scenario: An order goes all its way
    Given the customer ada@example.com
    And 1 HAM-001 are received in A-01 at 7.00
    When I type price quote ada@example.com ham-001=2 SAW-001
    Then it prints
      """
      2 x HAM-001: 29.80 EUR
      1 x SAW-001: 24.50 EUR
      discount: 0.00 EUR
      shipping: 4.90 EUR
      tax: 11.25 EUR
      total: 70.45 EUR
      """
    When I type order place ada@example.com HAM-001 HAM-001 SAW-001=1 --express
    Then it prints the line "SO-000001: 70.45 EUR"
    When I type order allocate so-000001
    Then it prints the line "SO-000001 backordered, 2 pieces missing"
    Given 5 HAM-001 are received in A-01 at 7.00
    And 5 SAW-001 are received in A-01 at 12.00
    When I type order allocate-all
    Then it prints the line "allocated: SO-000001"
    When I type order ship SO-000001
    Then it prints the line "SH-000001: 1 parcels, 1900 g; order shipped"
    When I type order show SO-000001
    Then it prints
      """
      SO-000001 of ada@example.com: shipped

      SKU      Ordered  Allocated  Shipped  Open    Net
      -------  -------  ---------  -------  ----  -----
      HAM-001        2          0        2     0  29.80
      SAW-001        1          0        1     0  24.50
      -------  -------  ---------  -------  ----  -----
      Total          3          0        3     0  54.30
      goods: 54.30 EUR
      discount: 0.00 EUR
      shipping: 4.90 EUR
      tax: 11.25 EUR
      total: 70.45 EUR
      """
    When I type order allocate-all
    Then it prints the line "allocated: none"

  Scenario: Pieces with serial numbers are shipped by name
    Given the customer ada@example.com
    And I type stock receive PHO-001 2 --cost 200 --serial A1 A2
    And I type order place ada@example.com PHO-001
    When I type order allocate SO-000001
    Then it prints the line "SO-000001 allocated"
    When I type order ship SO-000001 --serial pho-001=A2
    Then the PHO-001 in stock have the numbers A1

  Scenario: An order is cancelled once
    Given the customer ada@example.com
    And ada@example.com orders HAM-001 x 1
    When I type order cancel SO-000001
    Then it prints the line "SO-000001 cancelled"
    When I type order cancel SO-000001
    Then the exit code is 6
    And it complains: order SO-000001 is cancelled: cannot cancel it

  Scenario: A voucher makes an order cheaper
    Given the customer ada@example.com
    And this voucher is issued
      | code  | reduction | value |
      | TENTH | percent   | 10    |
    When I type price quote ada@example.com HAM-001=2 --voucher TENTH
    Then it prints the line "discount: 2.98 EUR"
    When I type order place ada@example.com HAM-001=2 --voucher TENTH
    Then it prints the line "SO-000001: 37.75 EUR"
