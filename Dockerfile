# The image holds Omni alone. It has no embedded PostgreSQL: in containers the database is a container of its own, with its own
# backups and upgrades (docker-compose.yml), and the server's programs would more than triple the image. Node is a stage of its
# own that brings the interface font only.
FROM node:22-slim AS font
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /src
# Project files first: packages are restored again only when one of these changes.
COPY global.json Directory.Build.props Directory.Packages.props ./
COPY build/ build/
COPY Omni.Core/Omni.Core.csproj Omni.Core/
COPY Omni.Infrastructure/Omni.Infrastructure.csproj Omni.Infrastructure/
COPY Omni.Web/Omni.Web.csproj Omni.Web/
RUN dotnet restore Omni.Web
COPY appsettings.json ./
COPY Omni.Core/ Omni.Core/
COPY Omni.Infrastructure/ Omni.Infrastructure/
COPY Omni.Web/ Omni.Web/
COPY --from=font /src/node_modules/@fontsource-variable node_modules/@fontsource-variable
RUN dotnet publish Omni.Web -c Release -o /app --no-restore -p:OmniNpm=false

FROM mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /app
COPY --from=build /app .
RUN mkdir /data && chown $APP_UID /data
USER $APP_UID
VOLUME /data
ENV Omni__DataDirectory=/data ASPNETCORE_HTTP_PORTS=8080
EXPOSE 8080
# The base image has no curl.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /health/live HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200'"]
ENTRYPOINT ["dotnet", "Omni.Web.dll"]
