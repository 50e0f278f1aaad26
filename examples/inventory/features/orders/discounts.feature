Feature: Groups and quantities have discounts

  Background:
    Given the example shop

  Scenario Outline: The discounts of the group and the quantity are added, up to 25 %
    When <email> orders <items> from MAIN
    Then the goods of the order is <goods> cents
    And the discount of the order is <discount> cents

    Examples:
      | email           | items        | goods    | discount |
      | ada@example.com | 9 CAB-001    | 801      | 0        |
      | ada@example.com | 10 CAB-001   | 890      | 27       |
      | ada@example.com | 50 CAB-001   | 4450     | 223      |
      | ada@example.com | 100 CAB-001  | 8900     | 712      |
      | ada@example.com | 1000 CAB-001 | 89000    | 7120     |
      | ada@example.com | 9 HAM-001    | 13410    | 0        |
      | ada@example.com | 10 HAM-001   | 14900    | 447      |
      | ada@example.com | 50 HAM-001   | 74500    | 3725     |
      | ada@example.com | 100 HAM-001  | 149000   | 11920    |
      | ada@example.com | 1000 HAM-001 | 1490000  | 119200   |
      | ada@example.com | 9 SAW-001    | 22050    | 0        |
      | ada@example.com | 10 SAW-001   | 24500    | 735      |
      | ada@example.com | 50 SAW-001   | 122500   | 6125     |
      | ada@example.com | 100 SAW-001  | 245000   | 19600    |
      | ada@example.com | 1000 SAW-001 | 2450000  | 196000   |
      | ada@example.com | 9 PHO-001    | 359100   | 0        |
      | ada@example.com | 10 PHO-001   | 399000   | 11970    |
      | ada@example.com | 50 PHO-001   | 1995000  | 99750    |
      | ada@example.com | 100 PHO-001  | 3990000  | 319200   |
      | ada@example.com | 1000 PHO-001 | 39900000 | 3192000  |
      | ada@example.com | 9 COF-001    | 16155    | 0        |
      | ada@example.com | 10 COF-001   | 17950    | 539      |
      | ada@example.com | 50 COF-001   | 89750    | 4488     |
      | ada@example.com | 100 COF-001  | 179500   | 14360    |
      | ada@example.com | 1000 COF-001 | 1795000  | 143600   |
      | tom@example.com | 9 CAB-001    | 801      | 80       |
      | tom@example.com | 10 CAB-001   | 890      | 116      |
      | tom@example.com | 50 CAB-001   | 4450     | 668      |
      | tom@example.com | 100 CAB-001  | 8900     | 1602     |
      | tom@example.com | 1000 CAB-001 | 89000    | 16020    |
      | tom@example.com | 9 HAM-001    | 13410    | 1341     |
      | tom@example.com | 10 HAM-001   | 14900    | 1937     |
      | tom@example.com | 50 HAM-001   | 74500    | 11175    |
      | tom@example.com | 100 HAM-001  | 149000   | 26820    |
      | tom@example.com | 1000 HAM-001 | 1490000  | 268200   |
      | tom@example.com | 9 SAW-001    | 22050    | 2205     |
      | tom@example.com | 10 SAW-001   | 24500    | 3185     |
      | tom@example.com | 50 SAW-001   | 122500   | 18375    |
      | tom@example.com | 100 SAW-001  | 245000   | 44100    |
      | tom@example.com | 1000 SAW-001 | 2450000  | 441000   |
      | tom@example.com | 9 PHO-001    | 359100   | 35910    |
      | tom@example.com | 10 PHO-001   | 399000   | 51870    |
      | tom@example.com | 50 PHO-001   | 1995000  | 299250   |
      | tom@example.com | 100 PHO-001  | 3990000  | 718200   |
      | tom@example.com | 1000 PHO-001 | 39900000 | 7182000  |
      | tom@example.com | 9 COF-001    | 16155    | 1616     |
      | tom@example.com | 10 COF-001   | 17950    | 2334     |
      | tom@example.com | 50 COF-001   | 89750    | 13463    |
      | tom@example.com | 100 COF-001  | 179500   | 32310    |
      | tom@example.com | 1000 COF-001 | 1795000  | 323100   |
      | eve@example.com | 9 CAB-001    | 801      | 160      |
      | eve@example.com | 10 CAB-001   | 890      | 205      |
      | eve@example.com | 50 CAB-001   | 4450     | 1113     |
      | eve@example.com | 100 CAB-001  | 8900     | 2225     |
      | eve@example.com | 1000 CAB-001 | 89000    | 22250    |
      | eve@example.com | 9 HAM-001    | 13410    | 2682     |
      | eve@example.com | 10 HAM-001   | 14900    | 3427     |
      | eve@example.com | 50 HAM-001   | 74500    | 18625    |
      | eve@example.com | 100 HAM-001  | 149000   | 37250    |
      | eve@example.com | 1000 HAM-001 | 1490000  | 372500   |
      | eve@example.com | 9 SAW-001    | 22050    | 4410     |
      | eve@example.com | 10 SAW-001   | 24500    | 5635     |
      | eve@example.com | 50 SAW-001   | 122500   | 30625    |
      | eve@example.com | 100 SAW-001  | 245000   | 61250    |
      | eve@example.com | 1000 SAW-001 | 2450000  | 612500   |
      | eve@example.com | 9 PHO-001    | 359100   | 71820    |
      | eve@example.com | 10 PHO-001   | 399000   | 91770    |
      | eve@example.com | 50 PHO-001   | 1995000  | 498750   |
      | eve@example.com | 100 PHO-001  | 3990000  | 997500   |
      | eve@example.com | 1000 PHO-001 | 39900000 | 9975000  |
      | eve@example.com | 9 COF-001    | 16155    | 3231     |
      | eve@example.com | 10 COF-001   | 17950    | 4129     |
      | eve@example.com | 50 COF-001   | 89750    | 22438    |
      | eve@example.com | 100 COF-001  | 179500   | 44875    |
      | eve@example.com | 1000 COF-001 | 1795000  | 448750   |
