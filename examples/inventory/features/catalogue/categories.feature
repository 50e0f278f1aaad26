Feature: Categories form a tree

  Background:
    Given the subcategory "Hand tools" of "Tools" is created
    And the subcategory "Hammers" of "Hand tools" is created
    And the subcategory "Garden" of "Tools" is created

  Scenario: A category has a code and a path
    Then the path of the category "Hammers" is Tools / Hand tools / Hammers
    And the categories from "Hammers" up are HAMMERS, HAND-TOOLS, TOOLS
    And the categories from "Tools" down are TOOLS, GARDEN, HAND-TOOLS, HAMMERS

  Scenario: A root has neither parents nor, at first, children
    When the category "Toys" is created
    Then the path of the category "Toys" is Toys
    And the categories from "Toys" down are TOYS

  Scenario: Two names must not make the same code
    When the category "Hand-Tools!" is created
    Then it is refused: category HAND-TOOLS exists already

  Scenario: A name has to be there
    When the category " " is created
    Then it is refused: name must not be empty

  Scenario: A name has to make a code
    When the category "???" is created
    Then it is refused: name must contain a letter or a digit, not '???'

  Scenario: A category moves with all below it
    When the category "Hand tools" is moved below "Garden"
    Then the path of the category "Hammers" is Tools / Garden / Hand tools / Hammers
    And the categories from "Garden" down are GARDEN, HAND-TOOLS, HAMMERS

  Scenario: A category becomes a root
    When the category "Hand tools" is moved to the top
    Then the path of the category "Hammers" is Hand tools / Hammers
    And the categories from "Tools" down are TOOLS, GARDEN

  Scenario Outline: A category never comes below itself
    When the category "<name>" is moved below "<parent>"
    Then it is refused: <message>
    And the path of the category "Hammers" is Tools / Hand tools / Hammers

    Examples:
      | name       | parent     | message                                                            |
      | Tools      | Hammers    | TOOLS cannot move below HAMMERS, which is below TOOLS              |
      | Hand tools | Hand tools | HAND-TOOLS cannot move below HAND-TOOLS, which is below HAND-TOOLS |
