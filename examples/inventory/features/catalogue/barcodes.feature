Feature: A barcode says which product is in a pack, and how many pieces

  Background:
    Given the barcode "4006381333931" is assigned to HAM-001
    And the barcode "96385074" is assigned to a pack of 12 HAM-001
    And the barcode "036000291452" is assigned to SAW-001

  Scenario Outline: A scan finds the product and the number of pieces
    When "<gtin>" is scanned
    Then the answer is <pieces>

    Examples:
      | gtin           | pieces     |
      | 4006381333931  | HAM-001 1  |
      | 04006381333931 | HAM-001 1  |
      | 9638 5074      | HAM-001 12 |
      | 036000291452   | SAW-001 1  |

  Scenario: Packs are scanned one after the other
    When these packs are scanned: 96385074, 036000291452, 4006381333931, 96385074
    Then the answer is HAM-001 25, SAW-001 1

  Scenario: An unknown barcode stops the scan
    When these packs are scanned: 96385074, 10012345678902
    Then it is refused: no barcode 10012345678902

  Scenario: A barcode that was misread is not looked for
    When "4006381333932" is scanned
    Then it is refused: gtin has a wrong check digit: 4006381333932

  Scenario: A barcode belongs to one pack only
    When the barcode "96385074" is assigned to a pack of 6 HAM-001
    Then it is refused: barcode 00000096385074 exists already

  Scenario: The same barcode in a longer form is the same
    When the barcode "00000096385074" is assigned to SAW-001
    Then it is refused: barcode 00000096385074 exists already
    And there are 3 rows in barcode

  Scenario: A pack is never empty
    When the barcode "10012345678902" is assigned to a pack of 0 SAW-001
    Then it is refused: pack_quantity must be positive, not 0

  Scenario: The barcode of the smallest pack comes first
    Then the barcodes of HAM-001 are 04006381333931, 00000096385074
    And the barcodes of PHO-001 are nothing
