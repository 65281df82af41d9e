package dev.dispense;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class PluginsTest {
  /** Something to plug in; nothing of it is on the class path. */
  interface Plug {
    List<String> ids();
  }

  private static Plugins<Plug> plugins(Plug... plugs) {
    return new Plugins<>("plug", Plug.class, List.of(plugs), true, Plug::ids);
  }

  @Test
  void findsAPluginByEachOfItsIds() {
    Plug plug = () -> List.of("a", "b");
    assertThat(plugins(plug).get("a")).isSameAs(plug);
    assertThat(plugins(plug).get("b")).isSameAs(plug);
  }

  @Test
  void namesWhatThereIsWhenAnIdIsUnknown() {
    assertThatThrownBy(() -> plugins(() -> List.of("docker"), () -> List.of("cloud")).get("dok"))
        .isInstanceOf(NotFoundException.class)
        .hasMessage("There is no plug 'dok'. There is: cloud, docker.");
    assertThatThrownBy(() -> plugins().get("x")).hasMessageContaining("None is on the class path");
  }

  @Test
  void refusesTwoThatClaimOneIdWhoeverCameFirst() {
    assertThatThrownBy(() -> plugins(() -> List.of("a"), () -> List.of("b", "a")))
        .isInstanceOf(DispenseException.class)
        .hasMessageContaining("Two implementations claim to be the plug 'a'");
  }
}
