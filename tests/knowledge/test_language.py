import pytest

from knowledge.language import language_of_quotation


@pytest.mark.parametrize(
    ("quote", "document", "language"),
    [
        ("It was built in 1889.", "en", "en"),
        ("Die Brücke steht.", "de", "de"),
        ("Die Brücke steht.", "zh", "en"),  # the script shows that it is not Chinese, no more
        ("老站房开始拆除。", "zh-Hans", "zh-Hans"),
        ("老站房开始拆除。", "en", "zh"),
        ("東京駅は1914年に開業した。", "ja", "ja"),
        ("とうきょう", "ja", "ja"),
        ("서울역", "ko", "ko"),
        ("1908", "zh", "zh"),
        ("It was built in 1889.", "", "en"),
        ("老站房开始拆除。", "und", "zh"),
    ],
)
def test_a_quotation_s_language_is_its_document_s_unless_the_script_is_another(
    quote, document, language
):
    assert language_of_quotation(quote, document) == language
