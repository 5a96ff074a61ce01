"""The page that walks through a feature is tested: applied to a copy of the checkout, its commands run there."""
