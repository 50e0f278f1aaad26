Feature: The database rejects invalid rows

  Background:
    Given the example shop

  Scenario Outline: A constraint is checked
    Then the database rejects with <reason>: <statement>

    Examples:
      | reason      | statement                                                  |
      | FOREIGN KEY | DELETE FROM product WHERE sku = 'HAM-001'                  |
      | FOREIGN KEY | UPDATE customer SET group_id = 99                          |
      | FOREIGN KEY | DELETE FROM warehouse                                      |
      | UNIQUE      | INSERT INTO warehouse (code, name) VALUES ('MAIN', 'Copy') |
      | UNIQUE      | UPDATE customer SET email = 'ada@example.com'              |
      | UNIQUE      | UPDATE product SET sku = 'HAM-001'                         |
      | UNIQUE      | UPDATE tax_rate SET country = 'DE', code = 'reduced'       |
      | CHECK       | UPDATE stock_level SET on_hand = -1                        |
      | CHECK       | UPDATE product SET price_cents = -1                        |
      | CHECK       | UPDATE product SET weight_grams = -1                       |
      | CHECK       | UPDATE customer_group SET discount_percent = 101           |
      | NOT NULL    | UPDATE product SET name = NULL                             |
      | NOT NULL    | UPDATE category SET code = NULL                            |
      | NOT NULL    | UPDATE customer SET country = NULL                         |
