Feature: The database keeps what it has promised, whatever the application does

  Scenario: A unit of work is kept as a whole
    When "NEW-001" and "NEW-002" are created in one unit of work
    Then there are 8 rows in product

  Scenario: A unit of work that fails leaves nothing behind
    When "NEW-001" and "HAM-001" are created in one unit of work
    Then it is refused: product HAM-001 exists already
    And there are 6 rows in product

  Scenario Outline: Moments are kept in UTC
    When something happens at <moment>
    Then it happened at <read>

    Examples:
      | moment                    | read                      |
      | 2026-03-02T09:00:00+00:00 | 2026-03-02T09:00:00+00:00 |
      | 2026-03-02T01:00:00+02:00 | 2026-03-01T23:00:00+00:00 |
      | 2026-03-02T20:00:00-05:00 | 2026-03-03T01:00:00+00:00 |

  Scenario: A moment without a time zone could be any
    When something happens at 2026-03-02T09:00:00
    Then it is refused: moment must have a time zone
    And there are 0 rows in audit_entry

  Scenario Outline: Constraints hold
    Given the customer ada@example.com
    And 5 HAM-001 are received in A-01 at 9.00
    And ada@example.com orders HAM-001 x 2
    Then the database refuses, because of <reason>: <statement>

    Examples:
      | reason      | statement                                                              |
      | FOREIGN KEY | INSERT INTO bin (warehouse_id, code, kind) VALUES (99, 'X', 'storage') |
      | FOREIGN KEY | DELETE FROM product WHERE sku = 'HAM-001'                              |
      | UNIQUE      | INSERT INTO warehouse (code, name) VALUES ('MAIN', 'Another one')      |
      | CHECK       | UPDATE stock_level SET on_hand = -1                                    |
      | CHECK       | UPDATE order_line SET shipped = 2, cancelled = 1                       |
      | CHECK       | UPDATE price SET amount_cents = -1                                     |
      | CHECK       | UPDATE customer_group SET discount_percent = 101                       |
      | NOT NULL    | UPDATE product SET name = NULL                                         |
