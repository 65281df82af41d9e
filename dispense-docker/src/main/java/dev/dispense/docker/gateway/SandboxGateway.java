package dev.dispense.docker.gateway;

import dev.dispense.DispenseException;
import dev.dispense.Environment;
import dev.dispense.NetworkPolicy;
import dev.dispense.NotFoundException;
import dev.dispense.Progress;
import dev.dispense.RefusedException;
import dev.dispense.Traffic;
import dev.dispense.docker.engine.Engine;
import dev.dispense.docker.image.ImageBuilder;
import dev.dispense.docker.image.ImageDefinition;
import dev.dispense.docker.image.Images;
import dev.dispense.docker.network.BridgeNetwork;
import dev.dispense.spi.Gateway;
import dev.dispense.spi.Mount;
import dev.dispense.spi.Route;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/**
 * The gateway as sandboxes use it: each has two Unix sockets there, one for routes and one for the
 * hosts that it may reach, and nothing of another's.
 *
 * <p>Each release of Dispense has its own, and so has each way out of this machine, so that none
 * changes under a sandbox that uses it; it goes with its last sandbox.
 */
public final class SandboxGateway {
  /** Where a sandbox finds its sockets. */
  public static final String PLACE = "/run/gateway";

  /** The port on a sandbox's loopback where its proxy is. */
  public static final int PROXY_PORT = 3128;

  /** How routes are reached. */
  public static final Gateway ACCESS = new Gateway(PLACE + "/model.sock", 3129);

  private static final String APPLIED = "applied";
  private static final String ALLOW = "allow";
  private static final String NEW = "new";

  private final Environment host;
  private final Engine engine;
  private final ImageBuilder builder;
  private final BridgeNetwork network;
  private final GatewaySweep sweep;
  private final Path root;
  private final Map<String, Place> places = new ConcurrentHashMap<>();

  public SandboxGateway(Environment host, Engine engine, Images images) {
    this.host = host;
    this.engine = engine;
    this.network = BridgeNetwork.ofGateway(engine);
    this.builder = new ImageBuilder(host, engine, images, network);
    this.sweep = new GatewaySweep(engine);
    this.root = host.stateDirectory().resolve("gateway");
  }

  /** One gateway: its files and its container. */
  private record Place(GatewayDirectory directory, GatewayContainer container) {}

  /** Returns whether sandboxes of that kind have a seat. */
  public static boolean isNeeded(NetworkPolicy policy, boolean routes) {
    return policy instanceof NetworkPolicy.Allow
        || (policy instanceof NetworkPolicy.None && routes);
  }

  private Place place(String id) {
    return places.computeIfAbsent(
        id,
        key -> {
          GatewayDirectory directory = new GatewayDirectory(root.resolve(key));
          return new Place(directory, new GatewayContainer(engine, network, directory));
        });
  }

  /**
   * Gives a sandbox a seat, and starts the gateway when it is the first. It can be used after
   * {@link #serve}.
   */
  public GatewaySlot open(NetworkPolicy policy, Progress.Listener progress) {
    GatewaySettings around = GatewaySettings.of(host, network::address);
    GatewayRecipe recipe = new GatewayRecipe(ImageDefinition.base(host));
    String id = around.id(recipe);
    Place place = place(id);
    // Before others are kept waiting: it can take minutes.
    String image = place.container().isRunning() ? recipe.tag() : builder.ensure(recipe, progress);
    return place
        .directory()
        .locked(
            () -> {
              around.write(place.directory());
              try {
                return new GatewaySlot(id, claim(place, image, policy));
              } catch (RuntimeException | Error e) {
                tidyAfter(e, place, id);
                throw e;
              }
            });
  }

  private int claim(Place place, String image, NetworkPolicy policy) {
    place.container().run(() -> image);
    host.step("gateway started");
    int number = place.directory().claim();
    try {
      host.step("gateway seat claimed");
      write(place, number, policy);
      return number;
    } catch (RuntimeException | Error e) {
      place.directory().remove(number);
      throw e;
    }
  }

  private void tidyAfter(Throwable failure, Place place, String id) {
    try {
      tidy(place, id);
    } catch (DispenseException e) {
      failure.addSuppressed(e);
    }
  }

  private void write(Place place, int number, NetworkPolicy policy) {
    GatewayRules rules = new GatewayRules(number);
    if (policy instanceof NetworkPolicy.Allow allow) {
      place.directory().write(number, ALLOW, GatewayRules.allow(allow));
      place.directory().write(number, "stream.conf", rules.stream());
    }
    new TaskPasses(place.directory(), number).admitAll();
    place.directory().write(number, "http.conf", rules.http(NEW));
  }

  /** Waits until the sockets of a new sandbox are there. */
  public void serve(GatewaySlot seat) {
    place(seat.id()).container().apply(seat.number(), NEW);
  }

  /** Returns what is mounted in the sandbox. */
  public Mount mount(GatewaySlot seat) {
    return new Mount(place(seat.id()).directory().sockets(seat.number()), PLACE, true);
  }

  /** Says that the sandbox has a container now, with which its seat goes. */
  public void taken(GatewaySlot seat) {
    place(seat.id()).directory().write(seat.number(), "creator", "");
  }

  /**
   * Sees to it that the gateway of a sandbox is there, which somebody may have stopped or removed.
   */
  public void resume(GatewaySlot seat) {
    if (place(seat.id()).directory().has(seat.number())) {
      open(seat, List.of());
    }
  }

  /** Opens routes for a sandbox; returns when all that it has can be used. */
  public void open(GatewaySlot seat, List<Route> routes) {
    Place place = existing(seat);
    String generation =
        place
            .directory()
            .locked(
                () -> {
                  Set<String> files = new HashSet<>();
                  for (Route route : routes) {
                    String file = GatewayRules.file(route);
                    files.add(file);
                    if (place.directory().read(seat.number(), file).isEmpty()) {
                      write(place.directory(), seat.number(), route);
                    }
                  }
                  return generation(place, seat, files);
                });
    boolean applied =
        place.directory().read(seat.number(), APPLIED).filter(generation::equals).isPresent();
    if (applied && place.container().isRunning()) {
      return;
    }
    GatewayRecipe recipe = new GatewayRecipe(ImageDefinition.base(host));
    place.container().run(() -> builder.ensure(recipe, Progress.Listener.NONE));
    place.container().apply(seat.number(), generation);
    place.directory().write(seat.number(), APPLIED, generation);
  }

  private void write(GatewayDirectory directory, int number, Route route) {
    boolean hasExit = GatewaySettings.hasExit(directory);
    GatewayUpstream upstream = GatewayUpstream.of(route, network::address, hasExit);
    if (upstream.throughSquid()) {
      directory.write(number, upstream.file(), upstream.server() + "\n");
    }
    directory.write(number, GatewayRules.file(route), GatewayRules.route(route, upstream));
  }

  /** Notes which routes there are, and returns a word for that. */
  private static String generation(Place place, GatewaySlot seat, Set<String> opened) {
    Set<String> all = new java.util.TreeSet<>(place.directory().files(seat.number(), "routes-"));
    all.addAll(opened);
    String generation = "g" + ImageDefinition.hash(List.copyOf(all)).substring(0, 12);
    place
        .directory()
        .write(seat.number(), "http.conf", new GatewayRules(seat.number()).http(generation));
    return generation;
  }

  /** Returns which hosts a sandbox may reach; empty when there was never a list of them. */
  public Optional<NetworkPolicy.Allow> allowed(GatewaySlot seat) {
    return existing(seat).directory().read(seat.number(), ALLOW).map(GatewayRules::allowed);
  }

  /** Changes which hosts a sandbox may reach, at once. */
  public void allow(GatewaySlot seat, UnaryOperator<NetworkPolicy.Allow> change) {
    GatewayDirectory directory = existing(seat).directory();
    NetworkPolicy.Allow unused =
        directory.locked(
            () -> {
              NetworkPolicy.Allow policy =
                  change.apply(allowed(seat).orElseThrow(SandboxGateway::hasNoList));
              directory.write(seat.number(), ALLOW, GatewayRules.allow(policy));
              return policy;
            });
  }

  private static RefusedException hasNoList() {
    return new RefusedException(
        "Tried to change what the sandbox may reach but failed because it was created to reach"
            + " nothing. Create one with a list of hosts.");
  }

  /** Returns what went through. */
  public Traffic traffic(GatewaySlot seat) {
    return TrafficLog.read(existing(seat).directory(), seat.number());
  }

  /** Returns which tasks may ask at the routes of a sandbox. */
  public TaskPasses passes(GatewaySlot seat) {
    return new TaskPasses(existing(seat).directory(), seat.number());
  }

  private Place existing(GatewaySlot seat) {
    Place place = place(seat.id());
    if (!place.directory().has(seat.number())) {
      throw new NotFoundException(
          "Tried to use the gateway of the sandbox but failed because what it was to do is not on"
              + " this machine, or not in this state directory: "
              + root);
    }
    return place;
  }

  /** Takes a seat away; the last one takes the gateway along. */
  public void close(GatewaySlot seat) {
    Place place = place(seat.id());
    if (!place.directory().has(seat.number())) {
      return; // it was made by another user, or in another state directory
    }
    place
        .directory()
        .locked(
            () -> {
              place.directory().remove(seat.number());
              tidy(place, seat.id());
              return seat;
            });
  }

  /** Takes the seats away whose sandboxes are gone, and the gateways that have none left. */
  public void sweep() {
    for (String id : GatewayDirectory.namesIn(root)) {
      Place place = place(id);
      place
          .directory()
          .locked(
              () -> {
                tidy(place, id);
                return id;
              });
    }
  }

  private void tidy(Place place, String id) {
    sweep.run(id, place.directory());
    if (place.directory().numbers().isEmpty()) {
      place.container().remove();
      host.step("gateway removed");
      place.directory().remove();
    } else {
      place.container().applySoon();
    }
  }
}
