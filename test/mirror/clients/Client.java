// Exchanges of java.net.http.HttpClient: `java Client.java host:port`, a line for each.
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;

public class Client {
  // It offers HTTP/2 by an upgrade with its first request, as it does by default.
  static final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
  static String base;

  static void exchange(String method, String path, byte[] body, boolean chunked) throws Exception {
    var publisher =
        body == null ? BodyPublishers.noBody()
        : chunked ? BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body))
        : BodyPublishers.ofByteArray(body);
    var request =
        HttpRequest.newBuilder(URI.create(base + path))
            .timeout(Duration.ofSeconds(30)).header("Accept-Encoding", "gzip").method(method, publisher).build();
    var answer = client.send(request, BodyHandlers.ofByteArray());
    var got = answer.body();
    if (got.length > 0 && answer.headers().firstValue("Content-Encoding").orElse("").equals("gzip"))
      got = new GZIPInputStream(new ByteArrayInputStream(got)).readAllBytes();
    var hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(got)).substring(0, 16);
    var told = answer.headers().firstValue("X-Told").orElse("");
    System.out.println(String.join(" ", method, path, "" + answer.statusCode(), "" + got.length, hash, told));
  }

  public static void main(String[] args) throws Exception {
    base = "http://" + args[0];
    var large = new byte[300_000];
    for (int i = 0; i < large.length; i++) large[i] = (byte) (i % 251);
    for (var method : new String[] {"GET", "HEAD", "OPTIONS", "DELETE"})
      for (var path : new String[] {"/plain", "/gzip", "/chunked", "/large", "/nothing", "/same"})
        exchange(method, path, null, false);
    for (var method : new String[] {"POST", "PUT", "PATCH", "DELETE", "GET"}) {
      exchange(method, "/plain", "hello".getBytes(), false);
      exchange(method, "/chunked", large, false);
      exchange(method, "/gzip", large, true);
    }
    exchange("POST", "/plain", new byte[0], false);
  }
}
