Feature: Goods travel in parcels

  Scenario Outline: The heaviest pieces go first, each into the first parcel that still takes it
    When <items> are packed into parcels of <limit> g
    Then the answer is <parcels>

    Examples:
      | items                                 | limit | parcels                             |
      | HAM-001 x 1                           | 31500 | [HAM-001 1]                         |
      | HAM-001 x 2                           | 1450  | [HAM-001 2]                         |
      | HAM-001 x 3                           | 1450  | [HAM-001 2], [HAM-001 1]            |
      | CAB-001 x 2, SAW-001 x 1, HAM-001 x 1 | 1000  | [HAM-001 1, CAB-001 2], [SAW-001 1] |
      | SAW-001 x 2, COF-001 x 1              | 1750  | [COF-001 1, SAW-001 1], [SAW-001 1] |

  Scenario: The carrier's usual parcel takes 31.5 kg with its box
    When HAM-001 x 53 are packed
    Then the answer is [HAM-001 52], [HAM-001 1]

  Scenario: A piece that is too heavy cannot be packed
    When HAM-001 x 1 are packed into parcels of 849 g
    Then it is refused: HAM-001 weighs 600 g, a parcel takes 599 g

  Scenario: The boxes weigh something, too
    When HAM-001 x 2, CAB-001 x 5 in 2 parcels are weighed
    Then the answer is 1900

  Scenario Outline: The carrier asks for as many of the largest parcels as are full, and the smallest for the rest
    When I ask for the price of parcels of <grams> g to <country>
    Then the answer is <cents>

    Examples:
      | grams | country | cents |
      | 0     | DE      | 490   |
      | 1     | DE      | 490   |
      | 2000  | DE      | 490   |
      | 2001  | DE      | 890   |
      | 10000 | DE      | 890   |
      | 10001 | DE      | 1690  |
      | 31500 | DE      | 1690  |
      | 31501 | DE      | 2180  |
      | 63000 | DE      | 3380  |
      | 12000 | AT      | 2480  |
      | 5000  | FR      | 3570  |

  Scenario: Some countries are not delivered to
    When I ask for the price of parcels of 1000 g to CH
    Then it is refused: no delivery to CH

  Scenario Outline: At home, parcels are free from 250 euros of goods on
    When I ask what a customer pays for 1000 g to <country> with goods for <goods>
    Then the answer is <cents>

    Examples:
      | country | goods  | cents |
      | DE      | 249.99 | 490   |
      | DE      | 250.00 | 0     |
      | AT      | 250.00 | 990   |
