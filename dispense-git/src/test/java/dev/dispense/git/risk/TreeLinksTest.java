package dev.dispense.git.risk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.git.risk.TreeLinks.Inside;
import dev.dispense.git.risk.TreeLinks.Outside;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TreeLinksTest {
  @ParameterizedTest
  @CsvSource({
    "a, README, README",
    "a, ./src//App.java, src/App.java",
    "a, src/../README, README",
    "d/a, ../src/App.java, src/App.java",
    "d/a, .., ''",
    "a, nowhere/at/all, nowhere/at/all",
    "a, .gitignore, .gitignore",
    "a, '', ''"
  })
  void aLinkThatStaysInside(String link, String target, String path) {
    assertThat(new TreeLinks(Map.of(link, target)).destination(link)).isEqualTo(new Inside(path));
  }

  @ParameterizedTest
  @CsvSource({
    "a, /etc/passwd, absolute",
    "a, .., out of the repository",
    "a, src/../../x, out of the repository",
    "d/a, ../../x, out of the repository",
    "d/a, ../../d/a, out of the repository",
    "a, .git/config, git directory",
    "a, src/.GIT, git directory",
    "a, git~1/hooks, git directory",
    "a, .g\u200cit, git directory",
    "a, '.git. ', git directory",
    "a, C:\\Windows, Windows",
    "a, \\\\host\\share, Windows"
  })
  void aLinkThatLeadsOut(String link, String target, String how) {
    assertThat(new TreeLinks(Map.of(link, target)).destination(link))
        .isInstanceOfSatisfying(Outside.class, outside -> assertThat(outside.how()).contains(how));
  }

  @Test
  void aTargetThatIsTooLongLeadsOut() {
    TreeLinks links = new TreeLinks(Map.of("a", "x".repeat(TreeLinks.LONGEST_TARGET)));

    assertThat(links.destination("a")).isInstanceOf(Outside.class);
  }

  @Test
  void linksAreFollowedTogether() {
    TreeLinks links = new TreeLinks(Map.of("a/b", "..", "good", "a/b/../../x", "again", "good"));

    assertThat(links.destination("a/b")).isEqualTo(new Inside(""));
    assertThat(links.destination("good")).isInstanceOf(Outside.class);
    assertThat(links.destination("again")).isInstanceOf(Outside.class);
  }

  @Test
  void aCircleEnds() {
    TreeLinks links = new TreeLinks(Map.of("a", "b", "b", "a", "loop", "./loop/x"));

    assertThat(links.destination("a")).isInstanceOf(Inside.class);
    assertThat(links.destination("loop")).isInstanceOf(Inside.class);
    assertThat(links.aliases("c")).isEmpty();
  }

  @Test
  void aFileHasTheNamesThatLinksGiveIt() {
    TreeLinks links =
        new TreeLinks(Map.of(".vscode", "deep/x", "deep/x", "../config", "other", "config/a"));

    assertThat(links.aliases("config/a"))
        .containsExactlyInAnyOrder("deep/x/a", ".vscode/a", "other");
    assertThat(links.aliases("configuration")).isEmpty();
  }

  @Test
  void aLinkToADirectoryAboveGivesNamesThatEnd() {
    TreeLinks links = new TreeLinks(Map.of("loop", ".", "d/up", ".."));

    assertThat(links.aliases("d/x")).contains("loop/d/x", "d/up/d/x").hasSizeLessThan(10);
  }
}
