Feature: Suppliers ask something for each product

  Background:
    Given these suppliers
      | code | days |
      | ACME | 3    |
      | BOLT | 1    |

  Scenario: A second offer replaces the first
    Given ACME offers HAM-001 at 8.00
    When ACME offers HAM-001 at 7.50 in packs of 6, at least 12
    Then the offers for HAM-001 are
      | supplier code | cents | minimum | pack | preferred |
      | ACME          | 750   | 12      | 6    | no        |

  Scenario: Only one offer for a product is preferred
    Given ACME offers HAM-001 at 8.00
    And BOLT offers HAM-001 at 9.00
    When the offer of ACME for HAM-001 is preferred
    And the offer of BOLT for HAM-001 is preferred
    Then the offers for HAM-001 are
      | supplier code | cents | minimum | pack | preferred |
      | ACME          | 800   | 1       | 1    | no        |
      | BOLT          | 900   | 1       | 1    | yes       |

  Scenario: Offers of blocked suppliers do not count
    Given ACME offers HAM-001 at 8.00
    And BOLT offers HAM-001 at 9.00
    When nothing is bought from ACME any more
    Then the offers for HAM-001 are
      | supplier code | cents | minimum | pack | preferred |
      | BOLT          | 900   | 1       | 1    | no        |

  Scenario: A blocked supplier makes no offers
    Given nothing is bought from ACME any more
    When ACME offers HAM-001 at 8.00
    Then it is refused: supplier ACME is blocked

  Scenario: A blocked supplier is not preferred
    Given ACME offers HAM-001 at 8.00
    And nothing is bought from ACME any more
    When the offer of ACME for HAM-001 is preferred
    Then it is refused: supplier ACME is blocked

  Scenario: Nobody delivers bundles
    Given the bundle SAW-001 contains HAM-001 x 1, CAB-001 x 2
    When ACME offers SAW-001 at 8.00
    Then it is refused: product SAW-001 is a bundle: buy what it contains

  Scenario Outline: Numbers of an offer have to make sense
    When ACME offers HAM-001 at <cost> in packs of <pack>, at least <minimum>
    Then it is refused: <message>

    Examples:
      | cost  | pack | minimum | message                                 |
      | -1.00 | 1    | 1       | cost must not be negative, but is -100  |
      | 1.00  | 0    | 1       | pack_size must be positive, not 0       |
      | 1.00  | 1    | 0       | minimum_quantity must be positive, not 0 |

  Scenario: A withdrawn offer is gone
    Given ACME offers HAM-001 at 8.00
    When the offer of ACME for HAM-001 is withdrawn
    Then there are 0 rows in supplier_product
    When the offer of ACME for HAM-001 is withdrawn
    Then it is refused: no supplierproduct ACME/HAM-001

  Scenario Outline: Full packs are bought, not fewer than are sold
    Given ACME offers HAM-001 at 8.00 in packs of <pack>, at least <minimum>
    When I ask how many HAM-001 to buy of ACME for <needed>
    Then the answer is <bought> <surplus>

    Examples:
      | pack | minimum | needed | bought | surplus |
      | 1    | 1       | 7      | 7      | 0       |
      | 6    | 1       | 7      | 12     | 5       |
      | 6    | 1       | 12     | 12     | 0       |
      | 6    | 20      | 7      | 24     | 17      |
      | 1    | 20      | 7      | 20     | 13      |

  Scenario: Nothing cannot be bought
    Given ACME offers HAM-001 at 8.00
    When I ask how many HAM-001 to buy of ACME for 0
    Then it is refused: quantity must be positive, not 0
