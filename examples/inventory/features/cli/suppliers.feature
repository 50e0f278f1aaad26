Feature: Suppliers and purchases on the command line

  Background:
    Given I type supplier add acme "Acme Tools" info@acme.test --days 3
    And I type supplier offer ACME HAM-001 8.00 --pack 6 --minimum 12

  Scenario: Suppliers are listed, blocked ones only if somebody asks
    Given I type supplier add bolt "Bolt & Sons" info@bolt.test --currency USD
    When I type supplier toggle acme
    Then it prints the line "ACME blocked"
    When I type supplier list
    Then it prints
      """
      Suppliers

      Code  Name         Days  Currency  State
      ----  -----------  ----  --------  ------
      BOLT  Bolt & Sons     7  USD       active
      """
    When I type supplier list --all
    Then it prints
      """
      Suppliers

      Code  Name         Days  Currency  State
      ----  -----------  ----  --------  -------
      ACME  Acme Tools      3  EUR       blocked
      BOLT  Bolt & Sons     7  USD       active
      """
    When I type supplier toggle acme
    Then it prints the line "ACME unblocked"

  Scenario: Offers are compared
    Given I type supplier add bolt "Bolt & Sons" info@bolt.test --currency USD
    And I type supplier offer BOLT HAM-001 9.00 --prefer --their-sku B-17
    Then it prints the line "BOLT: HAM-001 at 9.00 USD"
    When I type supplier compare HAM-001 10
    Then it prints
      """
      10 x HAM-001

      Supplier  Pieces  Total  Per piece needed  Expected
      --------  ------  -----  ----------------  ----------
      BOLT          10  82.80              8.28  2026-03-11
      ACME          12  96.00              9.60  2026-03-05
      """

  Scenario: A purchase goes all its way
    When I type purchase draft ACME HAM-001=12
    Then it prints the line "PO-000001: 96.00 EUR"
    When I type purchase send PO-000001
    Then it prints the line "PO-000001 sent to info@acme.test, expected on 2026-03-05"
    Given it is 2026-03-06
    When I type purchase late
    Then it prints
      """
      Overdue purchases

      Purchase   Supplier  Days  Action
      ---------  --------  ----  ---------------
      PO-000001  ACME         1  send a reminder
      """
    When I type purchase receive PO-000001 HAM-001=9 --bin recv
    Then it prints the line "PO-000001 partly-received: goods for 72.00 EUR"
    When I type purchase show PO-000001
    Then it prints
      """
      PO-000001 at ACME: partly-received

      SKU      Ordered  Received   Cost
      -------  -------  --------  -----
      HAM-001       12         9  96.00
      -------  -------  --------  -----
      Total         12         9  96.00
      """
    When I type purchase end PO-000001 --short
    Then it prints the line "PO-000001 closed, 3 pieces never came"

  Scenario: Lots and serial numbers come with a purchase
    Given I type supplier offer ACME MIL-001 0.80
    And I type supplier offer ACME PHO-001 200
    And I type purchase draft ACME MIL-001=10 PHO-001=2
    And I type purchase send PO-000001
    When I type purchase receive PO-000001 MIL-001=10 PHO-001=2 --lot mil-001=L7 --serial PHO-001=A1 PHO-001=A2
    Then it prints the line "PO-000001 received: goods for 408.00 EUR"
    And the PHO-001 in stock have the numbers A1, A2

  Scenario: What the rules say is drafted
    Given below 5, HAM-001 in MAIN is filled up to 20
    When I type purchase propose
    Then it prints
      """
      PO-000001 at ACME: 192.00 EUR
      """
    When I type purchase end PO-000001
    Then it prints the line "PO-000001 cancelled"
