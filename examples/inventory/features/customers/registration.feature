Feature: Customers are registered

  Background:
    Given the example shop

  Scenario Outline: The email address is stored in lower case
    When I register "Ann" with the address "<input>" in <country>, group <group>
    Then the customer <email> is "Ann" in <upper> with <discount> % discount

    Examples:
      | input                 | country | group    | email                 | upper | discount |
      | ann@example.com       | DE      | standard | ann@example.com       | DE    | 0        |
      | ann@example.com       | at      | TRADE    | ann@example.com       | AT    | 10       |
      | ann@example.com       | Fr      | staff    | ann@example.com       | FR    | 20       |
      | ANN@example.com       | at      | STANDARD | ann@example.com       | AT    | 0        |
      | ANN@example.com       | Fr      | trade    | ann@example.com       | FR    | 10       |
      | ANN@example.com       | DE      | STAFF    | ann@example.com       | DE    | 20       |
      | Ann@Example.Com       | Fr      | standard | ann@example.com       | FR    | 0        |
      | Ann@Example.Com       | DE      | TRADE    | ann@example.com       | DE    | 10       |
      | Ann@Example.Com       | at      | staff    | ann@example.com       | AT    | 20       |
      | ann.b@example.com     | DE      | STANDARD | ann.b@example.com     | DE    | 0        |
      | ann.b@example.com     | at      | trade    | ann.b@example.com     | AT    | 10       |
      | ann.b@example.com     | Fr      | STAFF    | ann.b@example.com     | FR    | 20       |
      | ann+shop@example.com  | at      | standard | ann+shop@example.com  | AT    | 0        |
      | ann+shop@example.com  | Fr      | TRADE    | ann+shop@example.com  | FR    | 10       |
      | ann+shop@example.com  | DE      | staff    | ann+shop@example.com  | DE    | 20       |
      | ann_b@example.com     | Fr      | STANDARD | ann_b@example.com     | FR    | 0        |
      | ann_b@example.com     | DE      | trade    | ann_b@example.com     | DE    | 10       |
      | ann_b@example.com     | at      | STAFF    | ann_b@example.com     | AT    | 20       |
      | a@b.co                | DE      | standard | a@b.co                | DE    | 0        |
      | a@b.co                | at      | TRADE    | a@b.co                | AT    | 10       |
      | a@b.co                | Fr      | staff    | a@b.co                | FR    | 20       |
      | ann@shop.example.com  | Fr      | trade    | ann@shop.example.com  | FR    | 10       |
      | ann-b@example.org     | at      | staff    | ann-b@example.org     | AT    | 20       |
      | 1@example.com         | DE      | STANDARD | 1@example.com         | DE    | 0        |
      | ann@ex-ample.com      | Fr      | TRADE    | ann@ex-ample.com      | FR    | 10       |
      | x.y.z@example.net     | at      | STAFF    | x.y.z@example.net     | AT    | 20       |
      | ann@example.museum    | DE      | standard | ann@example.museum    | DE    | 0        |
      | sales2026@example.com | Fr      | trade    | sales2026@example.com | FR    | 10       |

  Scenario Outline: A wrong email address is rejected
    When I register "Ann" with the address "<input>" in DE, group STANDARD
    Then it fails: email must look like name@example.com, not '<input>'
    And the table customer has 3 rows

    Examples:
      | input             |
      | ann               |
      | ann@              |
      | @example.com      |
      | ann@example       |
      | ann example.com   |
      | ann@@example.com  |
      | ann@exam ple.com  |
      | ann@example.      |
      | ann@.com          |
      | ann@example..com  |
      | än@example.com    |
      | ann,b@example.com |
      | ann@example_1.com |
      | ann;x@example.com |

  Scenario Outline: A duplicate email address is rejected
    When I register "Ann" with the address "<input>" in DE, group STANDARD
    Then it fails: customer <email> exists already

    Examples:
      | input           | email           |
      | ada@example.com | ada@example.com |
      | ADA@EXAMPLE.COM | ada@example.com |
      | Ada@Example.Com | ada@example.com |
      | tom@example.com | tom@example.com |
      | TOM@EXAMPLE.COM | tom@example.com |
      | Tom@Example.Com | tom@example.com |
      | eve@example.com | eve@example.com |
      | EVE@EXAMPLE.COM | eve@example.com |
      | Eve@Example.Com | eve@example.com |

  Scenario Outline: The shop delivers to three countries
    When I register "Ann" with the address "ann@example.com" in <country>, group STANDARD
    Then it fails: country must be one of AT, DE, FR, not <country>

    Examples:
      | country |
      | CH      |
      | NL      |
      | BE      |
      | PL      |
      | IT      |
      | ES      |
      | GB      |
      | US      |
      | D       |
      | DEU     |

  Scenario Outline: An unknown group is rejected
    When I register "Ann" with the address "ann@example.com" in DE, group <group>
    Then it fails: customergroup <upper> does not exist

    Examples:
      | group  | upper  |
      | VIP    | VIP    |
      | trader | TRADER |
      | staff2 | STAFF2 |
