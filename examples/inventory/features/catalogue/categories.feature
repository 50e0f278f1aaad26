Feature: Categories have a code

  Scenario Outline: The code is derived from the name
    When I add the category "<name>"
    Then the category <code> is "<name>"

    Examples:
      | name                 | code         |
      | Garden               | GARDEN       |
      | Garden tools         | GARDEN-TOOLS |
      | Nuts, bolts & screws | NUTS-BOLTS-S |
      | Toys                 | TOYS         |
      | Office supplies      | OFFICE-SUPPL |
      | Books                | BOOKS        |
      | Pets                 | PETS         |
      | 3D printing          | 3D-PRINTING  |
      | Do-it-yourself       | DO-IT-YOURSE |
      | Car & bike           | CAR-BIKE     |
      | Light bulbs          | LIGHT-BULBS  |
      | Paint                | PAINT        |
      | Wood (planed)        | WOOD-PLANED  |
      | Steel / iron         | STEEL-IRON   |
      | A                    | A            |
      | B2B                  | B2B          |
      | Seasonal goods       | SEASONAL-GOO |
      | Clothing             | CLOTHING     |
      | Shoes                | SHOES        |
      | Hats                 | HATS         |
      | Kitchen ware         | KITCHEN-WARE |
      | Bath                 | BATH         |
      | Baby care            | BABY-CARE    |
      | Sports               | SPORTS       |
      | Camping              | CAMPING      |
      | Music                | MUSIC        |
      | Films                | FILMS        |
      | Games                | GAMES        |
      | Gift cards           | GIFT-CARDS   |
      | Outlet               | OUTLET       |
      | Cleaning agents      | CLEANING-AGE |
      | Glass                | GLASS        |
      | Plants               | PLANTS       |
      | Seeds                | SEEDS        |
      | Tiles                | TILES        |
      | Zinc                 | ZINC         |

  Scenario Outline: A duplicate code is rejected
    When I add the category "<name>"
    Then it fails: category <code> exists already

    Examples:
      | name        | code        |
      | Tools       | TOOLS       |
      | tools       | TOOLS       |
      | TOOLS!      | TOOLS       |
      | Food        | FOOD        |
      | food?       | FOOD        |
      | (Food)      | FOOD        |
      | Electronics | ELECTRONICS |
      | ELECTRONICS | ELECTRONICS |

  Scenario Outline: A name without letters and digits is rejected
    When I add the category "<name>"
    Then it fails: name must have a letter or a digit, not '<name>'

    Examples:
      | name |
      | -    |
      | ...  |
      | &    |
      | ??   |
